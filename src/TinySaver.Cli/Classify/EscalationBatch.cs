using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Classify;

/// <summary>Escalated images of one thread, preprocessed and waiting for the large model.</summary>
internal sealed class EscalationBatch(CascadeModel large, int capacity) : IDisposable
{
    private readonly ImageBatch _batch = large.RentBatch(capacity);
    private readonly List<(int Index, SaverAnswer? Tiny)> _waiting = new(capacity);
    private readonly Prediction?[] _predictions = new Prediction?[capacity];

    /// <summary>Whether the next image would not fit.</summary>
    public bool IsFull => _waiting.Count == capacity;

    /// <summary>Preprocesses an image into the batch.</summary>
    public void Add(int index, DecodedImage image, SaverAnswer? tiny)
    {
        large.Preprocess(image, _batch, _waiting.Count);
        _waiting.Add((index, tiny));
    }

    /// <summary>Runs the large model on what waits and empties the batch. A null prediction means numbers that are not finite.</summary>
    public IReadOnlyList<(int Index, SaverAnswer? Tiny, Prediction? Large)> Run()
    {
        if (_waiting.Count == 0)
            return [];

        large.Predict(_batch, _predictions.AsSpan(0, _waiting.Count));
        (int, SaverAnswer?, Prediction?)[] results = [.. _waiting.Select((w, i) => (w.Index, w.Tiny, _predictions[i]))];
        _waiting.Clear();
        return results;
    }

    /// <inheritdoc/>
    public void Dispose() => _batch.Dispose();
}
