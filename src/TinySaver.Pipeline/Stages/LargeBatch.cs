using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>Deliveries of one escalation within one call.</summary>
/// <param name="Escalation">The escalation.</param>
/// <param name="Indices">Their places in the call.</param>
internal sealed record EscalationGroup(Escalation Escalation, IReadOnlyList<int> Indices);

/// <summary>One image of a batch of the large model.</summary>
/// <param name="Group">Its escalation.</param>
/// <param name="Known">Its row as it was read.</param>
/// <param name="Prediction">The model's answer; null where its numbers are not finite.</param>
/// <param name="Error">What failed where the model could not be asked.</param>
internal sealed record BatchItem(EscalationGroup Group, StoredRow? Known, Prediction? Prediction = null, Exception? Error = null);

/// <summary>Images for one run of the large model; filled from several threads, then run by one.</summary>
internal sealed class LargeBatch(CascadeModel large, int capacity) : IDisposable
{
    private readonly ImageBatch _input = large.RentBatch(capacity);
    private readonly BatchItem[] _items = new BatchItem[capacity];
    private int _count;

    /// <summary>The number of images in it.</summary>
    public int Count => _count;

    /// <summary>One image, once <see cref="Run"/> is over with its answer.</summary>
    public BatchItem this[int index] => _items[index];

    /// <summary>Preprocesses an image into the batch.</summary>
    public void Add(EscalationGroup group, StoredRow? known, DecodedImage image)
    {
        int index = Interlocked.Increment(ref _count) - 1;
        var item = new BatchItem(group, known);
        try
        {
            large.Preprocess(image, _input, index);
        }
        catch (Exception e)
        {
            // Its place is taken by now, so it is settled with the others.
            item = item with { Error = e };
        }

        _items[index] = item;
    }

    /// <summary>Asks the model about all; where that fails, about each alone, so that no image fails for another.</summary>
    /// <param name="failed">Told of the failure of the whole.</param>
    public void Run(Action<Exception> failed)
    {
        var predictions = new Prediction?[_count];
        try
        {
            large.Predict(_input, predictions, IsAudited);
        }
        catch (Exception e) when (_count > 1)
        {
            failed(e);
            RunEach(predictions);
            return;
        }
        catch (Exception e)
        {
            _items[0] = _items[0] with { Error = e };
            return;
        }

        for (int i = 0; i < _count; i++)
            _items[i] = _items[i] with { Prediction = predictions[i] };
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _input.Dispose();

    private bool IsAudited(int index) => _items[index].Group.Escalation.Audit is not null;

    private void RunEach(Prediction?[] predictions)
    {
        using ImageBatch single = large.RentBatch(1);
        for (int i = 0; i < _count; i++)
        {
            try
            {
                _input[i].CopyTo(single[0]);
                bool audited = IsAudited(i);
                large.Predict(single, predictions.AsSpan(i, 1), _ => audited);
                _items[i] = _items[i] with { Prediction = predictions[i] };
            }
            catch (Exception e)
            {
                _items[i] = _items[i] with { Error = e };
            }
        }
    }
}
