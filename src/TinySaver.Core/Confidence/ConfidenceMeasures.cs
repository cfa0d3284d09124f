using System.Numerics.Tensors;
using TinySaver.Core.Failures;

namespace TinySaver.Core.Confidence;

/// <summary>Computes the confidence measures and gives them their names.</summary>
public static class ConfidenceMeasures
{
    /// <summary>All measures, in the order in which outputs list them.</summary>
    public static IReadOnlyList<ConfidenceMeasure> All { get; } =
        [ConfidenceMeasure.MaxProbability, ConfidenceMeasure.Margin, ConfidenceMeasure.Entropy];

    /// <summary>The measure's name in policies, options and output: <c>max-probability</c>, <c>margin</c> or <c>entropy</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined measure.</exception>
    public static string Name(this ConfidenceMeasure measure) => measure switch
    {
        ConfidenceMeasure.MaxProbability => "max-probability",
        ConfidenceMeasure.Margin => "margin",
        ConfidenceMeasure.Entropy => "entropy",
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "Not a defined confidence measure."),
    };

    /// <summary>The measure of a name, as <see cref="Name"/> writes it.</summary>
    /// <exception cref="TinySaverException">No measure has that name.</exception>
    public static ConfidenceMeasure Parse(string name) => name switch
    {
        "max-probability" => ConfidenceMeasure.MaxProbability,
        "margin" => ConfidenceMeasure.Margin,
        "entropy" => ConfidenceMeasure.Entropy,
        _ => throw new TinySaverException(
            $"'{name}' is not a confidence measure; use max-probability, margin or entropy."),
    };

    /// <summary>The confidence of one prediction.</summary>
    /// <param name="probabilities">Class probabilities that sum to 1; at least two classes.</param>
    /// <param name="measure">The measure.</param>
    /// <returns>A value in [0, 1]; higher is surer.</returns>
    /// <exception cref="ArgumentException">Fewer than two classes.</exception>
    public static float Of(ReadOnlySpan<float> probabilities, ConfidenceMeasure measure)
    {
        if (probabilities.Length < 2)
        {
            throw new ArgumentException($"A confidence needs at least two classes, not {probabilities.Length}.", nameof(probabilities));
        }

        float confidence = measure switch
        {
            ConfidenceMeasure.MaxProbability => TensorPrimitives.Max(probabilities),
            ConfidenceMeasure.Margin => Margin(probabilities),
            ConfidenceMeasure.Entropy => 1f - (Entropy(probabilities) / MathF.Log(probabilities.Length)),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "Not a defined confidence measure."),
        };

        // Rounding can step over the ends by an ulp; a threshold of 1 must still mean "certain".
        return Math.Clamp(confidence, 0f, 1f);
    }

    private static float Margin(ReadOnlySpan<float> probabilities)
    {
        float first = float.NegativeInfinity;
        float second = float.NegativeInfinity;
        foreach (float p in probabilities)
        {
            if (p > first)
            {
                (first, second) = (p, first);
            }
            else if (p > second)
            {
                second = p;
            }
        }

        return first - second;
    }

    // H(p) = −Σ p ln p, with 0 ln 0 = 0.
    private static float Entropy(ReadOnlySpan<float> probabilities)
    {
        double sum = 0;
        foreach (float p in probabilities)
        {
            if (p > 0)
            {
                sum -= p * Math.Log(p);
            }
        }

        return (float)sum;
    }
}
