namespace TinySaver.Core.Calibration;

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
        int low = -1;
        int high = samples;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (Binomial.Cumulative(middle, samples, epsilon) <= delta)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }
}
