using System.Numerics.Tensors;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Sweeps;

/// <summary>Fits the one temperature that makes a model's probabilities most likely (Guo et al. 2017, arXiv 1706.04599).</summary>
/// <remarks>
/// Fitting looks at outcomes. For a certified search fit on the images that select only; without labels fit to the large model's classes.
/// </remarks>
public static class TemperatureFit
{
    /// <summary>The lowest temperature tried. Below it the softmax is one-hot for any logits of usual size.</summary>
    public const float Lowest = 0.05f;

    /// <summary>The highest temperature tried. Above it the softmax is all but uniform.</summary>
    public const float Highest = 20f;

    /// <summary>The temperature with the lowest mean negative log-likelihood, to about four digits.</summary>
    /// <param name="logits">Logits of all images, one row after the other.</param>
    /// <param name="classes">Number of classes: the length of a row, at least 2.</param>
    /// <param name="labels">True class of every image, in [0, classes).</param>
    /// <returns>A number in [<see cref="Lowest"/>, <see cref="Highest"/>]; at an end where the likelihood has no minimum between.</returns>
    /// <exception cref="TinySaverException">There are no images, lengths do not match, or a logit or label is out of range.</exception>
    public static float Fit(ReadOnlySpan<float> logits, int classes, ReadOnlySpan<int> labels)
    {
        Check(logits, classes, labels);

        // In ln(1/T) the likelihood has one minimum: it is convex in 1/T, and the logarithm is monotone. Golden section finds it.
        double ratio = (Math.Sqrt(5) - 1) / 2;
        double low = Math.Log(Lowest);
        double high = Math.Log(Highest);
        double left = high - (ratio * (high - low));
        double right = low + (ratio * (high - low));
        double atLeft = NegativeLogLikelihood(logits, classes, labels, Math.Exp(left));
        double atRight = NegativeLogLikelihood(logits, classes, labels, Math.Exp(right));
        while (high - low > 1e-4)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (ratio * (high - low));
                atLeft = NegativeLogLikelihood(logits, classes, labels, Math.Exp(left));
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (ratio * (high - low));
                atRight = NegativeLogLikelihood(logits, classes, labels, Math.Exp(right));
            }
        }

        return (float)Math.Exp(0.5 * (low + high));
    }

    /// <summary>The mean negative log-likelihood of the labels at a temperature, in nats.</summary>
    /// <param name="logits">Logits of all images, one row after the other.</param>
    /// <param name="classes">Number of classes: the length of a row, at least 2.</param>
    /// <param name="labels">True class of every image, in [0, classes).</param>
    /// <param name="temperature">T &gt; 0.</param>
    /// <returns>A number ≥ 0.</returns>
    public static double NegativeLogLikelihood(ReadOnlySpan<float> logits, int classes, ReadOnlySpan<int> labels, double temperature)
    {
        Check(logits, classes, labels);
        float[] scratch = new float[classes];
        float inverse = (float)(1 / temperature);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = logits.Slice(i * classes, classes);
            float max = TensorPrimitives.Max(row);

            // ln Σ exp((z − max) / T) − (z_label − max) / T
            TensorPrimitives.Subtract(row, max, scratch);
            TensorPrimitives.Multiply(scratch, inverse, scratch);
            float atLabel = scratch[labels[i]];
            TensorPrimitives.Exp(scratch, scratch);
            sum += Math.Log(TensorPrimitives.Sum<float>(scratch)) - atLabel;
        }

        return sum / labels.Length;
    }

    private static void Check(ReadOnlySpan<float> logits, int classes, ReadOnlySpan<int> labels)
    {
        if (classes < 2 || labels.IsEmpty || (long)labels.Length * classes != logits.Length)
        {
            throw new TinySaverException(
                $"A temperature is fitted to at least one image with two classes or more: {logits.Length} logits do not make {labels.Length} rows of {classes}.");
        }

        // A sum is finite only if every part is, but for overflow, which no sensible logit comes near.
        if (!float.IsFinite(TensorPrimitives.Sum(logits)))
            throw new TinySaverException("The logits hold a value that is NaN or infinite: the model's output means nothing.");

        foreach (int label in labels)
        {
            if ((uint)label >= (uint)classes)
                throw new TinySaverException($"The label {label} is not a class of the model, which has {classes}: labels must be class indexes.");
        }
    }
}
