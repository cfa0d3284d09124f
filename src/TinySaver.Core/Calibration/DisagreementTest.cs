namespace TinySaver.Core.Calibration;

/// <summary>The exact binomial test that a cascade disagrees with the large model on at most a share ε of all images; needs no labels.</summary>
/// <remarks>Its inversion is the Clopper–Pearson limit. The accuracy drop is never larger than the disagreement.</remarks>
public static class DisagreementTest
{
    /// <summary>The p-value of "the disagreement is at least ε": P(Bin(n, ε) ≤ disagreements).</summary>
    /// <param name="samples">Number of images n, at least 1; escalated ones count (they never disagree).</param>
    /// <param name="disagreements">Images that exit with another class than the large model's.</param>
    /// <param name="epsilon">The share in question, in (0, 1).</param>
    public static double PValue(int samples, int disagreements, double epsilon) => Binomial.Cumulative(disagreements, samples, epsilon);

    /// <summary>The upper confidence limit of the disagreement at level 1 − δ.</summary>
    /// <inheritdoc cref="PValue"/>
    public static double UpperLimit(int samples, int disagreements, double delta) => Binomial.UpperLimit(disagreements, samples, delta);
}
