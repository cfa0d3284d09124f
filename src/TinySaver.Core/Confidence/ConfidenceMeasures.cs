using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Core.Confidence;

/// <summary>How a confidence in [0, 1] is made from a model's class probabilities.</summary>
[JsonConverter(typeof(EnumNameConverter<ConfidenceMeasure>))]
public enum ConfidenceMeasure
{
    /// <summary>The highest probability. Range [1/K, 1] for K classes.</summary>
    [JsonStringEnumMemberName("max-probability")]
    MaxProbability,

    /// <summary>The highest probability less the second highest. Range [0, 1].</summary>
    [JsonStringEnumMemberName("margin")]
    Margin,

    /// <summary>One less the normalised entropy: 1 − H(p) / ln K. Range [0, 1].</summary>
    [JsonStringEnumMemberName("entropy")]
    Entropy,
}

/// <summary>Computes the confidence measures.</summary>
public static class ConfidenceMeasures
{
    /// <summary>All measures, in the order in which outputs list them.</summary>
    public static IReadOnlyList<ConfidenceMeasure> All { get; } = Enum.GetValues<ConfidenceMeasure>();

    /// <summary>How a measure is made, in a few words for people.</summary>
    public static string Formula(this ConfidenceMeasure measure) => measure switch
    {
        ConfidenceMeasure.MaxProbability => "the highest probability",
        ConfidenceMeasure.Margin => "the highest probability less the second highest",
        _ => "1 − H / ln K, of the entropy H of K classes",
    };

    /// <summary>The confidence of one prediction, whose class probabilities sum to 1.</summary>
    /// <returns>A value in [0, 1]; higher is surer.</returns>
    /// <exception cref="ArgumentException">Fewer than two classes.</exception>
    public static float Of(ReadOnlySpan<float> probabilities, ConfidenceMeasure measure)
    {
        if (probabilities.Length < 2)
            throw new ArgumentException($"A confidence needs at least two classes, not {probabilities.Length}.", nameof(probabilities));

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
                (first, second) = (p, first);
            else if (p > second)
                second = p;
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
                sum -= p * Math.Log(p);
        }

        return (float)sum;
    }
}
