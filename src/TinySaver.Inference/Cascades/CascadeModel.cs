using System.Buffers;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Cascades;

/// <summary>One model of a loaded cascade: turns images into predictions in the large model's classes. Safe to share between threads.</summary>
public sealed class CascadeModel : IDisposable
{
    private readonly OnnxClassifier _classifier;
    private readonly IReadOnlyList<string> _labels;
    private readonly int[] _classIndices;
    private readonly ConfidenceMeasure _measure;
    private readonly float _temperature;
    private readonly bool _pooled;

    // Where the model is pooled with others, its predictions always have evidence.
    internal CascadeModel(
        OnnxClassifier classifier, IReadOnlyList<string> labels, int[] classIndices, ConfidenceMeasure measure, float temperature, bool pooled) =>
        (_classifier, _labels, _classIndices, _measure, _temperature, _pooled) = (classifier, labels, classIndices, measure, temperature, pooled);

    /// <summary>The model's name: its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>The first 12 hex digits of the model folder's content hash.</summary>
    public required string ShortHash { get; init; }

    /// <summary>Multiply-accumulate operations for one image.</summary>
    public required long Macs { get; init; }

    /// <summary>ONNX Runtime's name of what runs the model: <c>CPUExecutionProvider</c> or <c>CUDAExecutionProvider</c>.</summary>
    public string ExecutionProvider => _classifier.ExecutionProvider;

    /// <summary>Rents the input of a batch of at most so many images; dispose it to give it back.</summary>
    public ImageBatch RentBatch(int capacity) => _classifier.RentBatch(capacity);

    /// <summary>Preprocesses one image into its place in a batch.</summary>
    public void Preprocess(DecodedImage image, ImageBatch batch, int index) =>
        ImagePreprocessor.Write(image, _classifier.Preprocessing, batch[index]);

    /// <summary>Predicts the first <paramref name="predictions"/>.Length images of a batch.</summary>
    /// <remarks>An element is null where the model's numbers for that image are not finite; the other images are not affected.</remarks>
    /// <param name="batch">The batch.</param>
    /// <param name="predictions">Where the predictions go.</param>
    /// <param name="evidence">Which images' predictions have evidence although nobody pools it; null for none.</param>
    public void Predict(ImageBatch batch, Span<Prediction?> predictions, Func<int, bool>? evidence = null)
    {
        int classes = _classifier.ClassCount;
        float[] scores = ArrayPool<float>.Shared.Rent(predictions.Length * classes);
        try
        {
            Span<float> used = scores.AsSpan(0, predictions.Length * classes);
            _classifier.Run(batch, predictions.Length, used);
            for (int i = 0; i < predictions.Length; i++)
                predictions[i] = ReadOrNull(used.Slice(i * classes, classes), _pooled || evidence?.Invoke(i) == true);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>Predicts one image; with evidence also where nobody pools it, if that is wanted.</summary>
    /// <exception cref="PermanentFailureException">The model's numbers for this image are not finite.</exception>
    public Prediction Predict(DecodedImage image, bool evidence = false)
    {
        using ImageBatch batch = RentBatch(1);
        Preprocess(image, batch, 0);
        Prediction? prediction = null;
        Predict(batch, new Span<Prediction?>(ref prediction), _ => evidence);
        return prediction ?? throw BadOutput();
    }

    /// <summary>The failure of an image for which <see cref="Predict(ImageBatch, Span{Prediction?}, Func{int, bool})"/> has no prediction.</summary>
    public PermanentFailureException BadOutput() => new(
        FailureReason.BadModelOutput,
        $"The model '{Name}' answered this image with numbers that are not finite; a float16 model may overflow: try its float32 file.");

    /// <inheritdoc/>
    public void Dispose() => _classifier.Dispose();

    private Prediction? ReadOrNull(ReadOnlySpan<float> scores, bool evidence)
    {
        try
        {
            return Predictions.Read(
                scores, _classifier.ScoreKind, _temperature, _measure, _labels, _classIndices, evidenceOf: evidence ? ShortHash : null);
        }
        catch (ArithmeticException)
        {
            return null;
        }
    }
}
