namespace TinySaver.Calibration.Guarantees;

/// <summary>The exact binomial test that a cascade disagrees with the large model on at most a share ε of all images; needs no labels.</summary>
/// <remarks>It certifies exactly where the upper Clopper–Pearson limit is at most ε. The accuracy drop is never larger than the disagreement.</remarks>
public static class DisagreementTest
{
    /// <summary>The most disagreements among n images that certify at most ε at level δ; −1 where not even none does.</summary>
    /// <param name="samples">Number of images n, at least 1; escalated ones count (they never disagree).</param>
    /// <param name="epsilon">The share in question, in (0, 1).</param>
    /// <param name="delta">The error probability, in (0, 1).</param>
    public static int MostDisagreements(int samples, double epsilon, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return Bisection.First(-1, samples, k => Binomial.Cumulative(k, samples, epsilon) > delta) - 1;
    }

    /// <summary>The fewest images that certify at most ε at level δ with a number of disagreements among them.</summary>
    /// <param name="disagreements">Number of disagreements, at least 0.</param>
    /// <param name="epsilon">The share in question, in (0, 1).</param>
    /// <param name="delta">The error probability, in (0, 1).</param>
    public static int FewestSamples(int disagreements, double epsilon, double delta)
    {
        int tooFew = disagreements;
        int enough = disagreements + 1;
        while (Binomial.Cumulative(disagreements, enough, epsilon) > delta)
            (tooFew, enough) = (enough, checked(2 * enough));

        return Bisection.First(tooFew, enough, samples => Binomial.Cumulative(disagreements, samples, epsilon) <= delta);
    }
}
