using System.Numerics.Tensors;

namespace TinySaver.Core.Confidence;

/// <summary>What a model's output numbers are.</summary>
public enum ScoreKind
{
    /// <summary>Unbounded scores whose softmax is the class probabilities.</summary>
    Logits,

    /// <summary>Class probabilities already: each in [0, 1], summing to 1.</summary>
    Probabilities,
}

/// <summary>Turns a model's scores into class probabilities, with an optional temperature.</summary>
public static class Probabilities
{
    /// <summary>Writes the class probabilities of one prediction: softmax(scores / T).</summary>
    /// <param name="scores">The model's output for one image, one number a class.</param>
    /// <param name="kind">Whether the scores are logits or probabilities already.</param>
    /// <param name="temperature">
    /// T &gt; 0 divides the logits (Guo et al. 2017, "On Calibration of Modern Neural Networks"): above 1 softens, below 1
    /// sharpens, 1 changes nothing. For probabilities the logits are their logarithms, so p becomes p^(1/T), normalised.
    /// </param>
    /// <param name="destination">Receives one probability a class; may be the same memory as <paramref name="scores"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive finite number.</exception>
    /// <exception cref="ArgumentException">No scores, or a destination shorter than the scores.</exception>
    /// <exception cref="ArithmeticException">A score is NaN or infinite, so the model's output means nothing.</exception>
    public static void From(ReadOnlySpan<float> scores, ScoreKind kind, float temperature, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        if (!float.IsFinite(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be finite.");

        if (scores.IsEmpty || destination.Length < scores.Length)
            throw new ArgumentException($"{scores.Length} scores need a destination of as many, not {destination.Length}, and at least one.");

        // The maximum propagates NaN, and is infinite if any score is +∞.
        float max = TensorPrimitives.Max(scores);
        float min = TensorPrimitives.Min(scores);
        if (!float.IsFinite(max) || !float.IsFinite(min))
            throw new ArithmeticException($"The model's output has a value that is not finite (between {min} and {max}).");

        Span<float> result = destination[..scores.Length];
        if (kind == ScoreKind.Probabilities)
        {
            FromProbabilities(scores, temperature, result);
            return;
        }

        // Subtracting the maximum first keeps exp() from overflowing; the softmax is unchanged by it.
        TensorPrimitives.Subtract(scores, max, result);
        if (temperature != 1f)
            TensorPrimitives.Divide(result, temperature, result);

        TensorPrimitives.Exp(result, result);
        TensorPrimitives.Divide(result, TensorPrimitives.Sum(result), result);
    }

    private static void FromProbabilities(ReadOnlySpan<float> scores, float temperature, Span<float> result)
    {
        // Tiny negatives are rounding of the exporter's own softmax.
        TensorPrimitives.Max(scores, 0f, result);
        float max = TensorPrimitives.Max<float>(result);
        if (max <= 0f)
            throw new ArithmeticException("The model's output probabilities are all zero.");

        if (temperature != 1f)
        {
            // Dividing by the maximum first keeps the power from underflowing to zero for every class.
            TensorPrimitives.Divide(result, max, result);
            TensorPrimitives.Pow(result, 1f / temperature, result);
        }

        TensorPrimitives.Divide(result, TensorPrimitives.Sum(result), result);
    }
}
