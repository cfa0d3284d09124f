using System.Buffers;
using TinySaver.Core.Confidence;
using TinySaver.Core.Pooling;

namespace TinySaver.Core.Labels;

/// <summary>One class with its probability.</summary>
/// <param name="ClassIndex">The class's index in the model's output: its identity.</param>
/// <param name="Label">The class's text, for people; texts may repeat within a model (ImageNet-1k has two "crane").</param>
/// <param name="Probability">The probability in [0, 1].</param>
public sealed record ClassPrediction(int ClassIndex, string Label, float Probability);

/// <summary>The answer of one model, or of several pooled, for one image.</summary>
/// <param name="ClassIndex">The class, as an index into the large model's label set.</param>
/// <param name="Label">The class's text.</param>
/// <param name="Confidence">The confidence in [0, 1] under the model's measure (max-probability for the large model).</param>
/// <param name="TopK">The most probable classes, most probable first.</param>
/// <param name="Evidence">What the model says, for pooling; null where nobody pools it.</param>
public sealed record Prediction(int ClassIndex, string Label, float Confidence, IReadOnlyList<ClassPrediction> TopK, Evidence? Evidence = null);

/// <summary>Reads a model's scores as a <see cref="Prediction"/>.</summary>
public static class Predictions
{
    /// <summary>How many classes a prediction lists by default.</summary>
    public const int DefaultTopK = 5;

    // Up to this many classes the probabilities live on the stack: ImageNet-1k with its background class fits.
    private const int MaxStackClasses = 1024;

    /// <summary>The prediction of one image's scores.</summary>
    /// <param name="scores">The model's output, one number a class.</param>
    /// <param name="kind">Whether the scores are logits or probabilities already.</param>
    /// <param name="temperature">Divides the logits; 1 changes nothing.</param>
    /// <param name="measure">How the confidence is made.</param>
    /// <param name="labels">The texts of the classes of the answer (the large model's).</param>
    /// <param name="classIndices">For each of the model's outputs the class it stands for in <paramref name="labels"/>; empty where they agree.</param>
    /// <param name="topK">How many of the most probable classes to list, at most.</param>
    /// <param name="evidenceOf">The model's short content hash, where its evidence is wanted too; null where it is not.</param>
    /// <exception cref="ArithmeticException">A score is NaN or infinite.</exception>
    public static Prediction Read(
        ReadOnlySpan<float> scores,
        ScoreKind kind,
        float temperature,
        ConfidenceMeasure measure,
        IReadOnlyList<string> labels,
        ReadOnlySpan<int> classIndices,
        int topK = DefaultTopK,
        string? evidenceOf = null)
    {
        float[]? rented = null;
        Span<float> probabilities = scores.Length <= MaxStackClasses
            ? stackalloc float[scores.Length]
            : (rented = ArrayPool<float>.Shared.Rent(scores.Length)).AsSpan(0, scores.Length);
        try
        {
            Probabilities.From(scores, kind, temperature, probabilities);
            var top = new ClassPrediction[Math.Min(topK, probabilities.Length)];
            // Both before TakeMax, which overwrites what it has taken.
            Evidence? evidence = evidenceOf is null ? null : Evidence.Of(probabilities, classIndices, evidenceOf);
            float confidence = ConfidenceMeasures.Of(probabilities, measure);
            for (int i = 0; i < top.Length; i++)
            {
                int output = TakeMax(probabilities, out float probability);
                int index = classIndices.IsEmpty ? output : classIndices[output];
                top[i] = new(index, labels[index], probability);
            }

            return new(top[0].ClassIndex, top[0].Label, confidence, top, evidence);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<float>.Shared.Return(rented);
        }
    }

    // Ties go to the lower index, as argmax does elsewhere.
    private static int TakeMax(Span<float> probabilities, out float probability)
    {
        int index = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(probabilities);
        probability = probabilities[index];
        probabilities[index] = -1f;
        return index;
    }
}
