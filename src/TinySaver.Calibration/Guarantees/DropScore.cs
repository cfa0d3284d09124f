namespace TinySaver.Calibration.Guarantees;

/// <summary>The score statistic of an accuracy drop: how many standard deviations losses − gains lies above nε.</summary>
/// <remarks>
/// The variance is that under the null hypothesis P(loss) − P(gain) = ε, with P(gain) at its maximum likelihood there (Nam 1997,
/// Biometrics 53; Tango 1998, Statistics in Medicine 17).
/// </remarks>
public static class DropScore
{
    /// <summary>The statistic; negative where fewer net losses were seen than ε allows.</summary>
    /// <param name="samples">Number of images n.</param>
    /// <param name="losses">Images that only the large model has right; may be an expected count, not a whole number.</param>
    /// <param name="gains">Images that only the cascade has right.</param>
    /// <param name="epsilon">ε, in (−1, 1).</param>
    public static double Of(double samples, double losses, double gains, double epsilon)
    {
        double variance = samples * VarianceUnderNull(samples, losses, gains, epsilon);
        double difference = losses - gains - (samples * epsilon);
        return variance > 0 ? difference / Math.Sqrt(variance) : difference == 0 ? 0 : double.CopySign(double.PositiveInfinity, difference);
    }

    /// <summary>The variance of one image's loss when P(loss) − P(gain) = ε and the data are as given.</summary>
    public static double VarianceUnderNull(double samples, double losses, double gains, double epsilon)
    {
        // The likelihood's maximum is the root of 2n b² + B b + C = 0 in [0, (1 − ε) / 2].
        double linear = -losses - gains + (((2 * samples) - losses + gains) * epsilon);
        double constant = -gains * epsilon * (1 - epsilon);
        double root = Math.Sqrt(Math.Max(0, (linear * linear) - (8 * samples * constant)));
        double gainRate = Math.Max(Math.Max(0, -epsilon), (root - linear) / (4 * samples));
        return Math.Max(0, (2 * gainRate) + epsilon - (epsilon * epsilon));
    }

    /// <summary>About how many images certify a drop of at most ε with a chance of 80 %, given the shares of losses and gains.</summary>
    /// <param name="lossRate">Share of images that only the large model has right.</param>
    /// <param name="gainRate">Share of images that only the cascade has right.</param>
    /// <param name="epsilon">ε, in (0, 1).</param>
    /// <param name="delta">δ, in (0, 1).</param>
    /// <returns>The number; null where lossRate − gainRate is not below ε, so that no number would do.</returns>
    /// <remarks>
    /// The usual sample-size formula of non-inferiority (Nam 1997); where there are no gains, never fewer than an entirely loss-free sample needs.
    /// Gains make up for losses, so with them fewer may do.
    /// </remarks>
    public static long? SamplesNeeded(double lossRate, double gainRate, double epsilon, double delta)
    {
        double drop = lossRate - gainRate;
        if (drop >= epsilon)
            return null;

        const double power = 0.8;
        double underNull = Math.Sqrt(VarianceUnderNull(1, lossRate, gainRate, epsilon));
        double actual = Math.Sqrt(Math.Max(0, lossRate + gainRate - (drop * drop)));
        double root = ((Normal.UpperQuantile(delta) * underNull) + (Normal.UpperQuantile(1 - power) * actual)) / (epsilon - drop);
        double needed = gainRate > 0 ? root * root : Math.Max(root * root, Math.Log(delta) / double.LogP1(-epsilon));
        return needed < 1e15 ? (long)Math.Ceiling(needed) : null;
    }
}
