namespace TinySaver.Core.Calibration;

/// <summary>Fixed-sequence testing: hypotheses in an order chosen beforehand, each at the full level δ, up to the first that is not rejected.</summary>
/// <remarks>
/// The probability of rejecting any true hypothesis is at most δ: the first true one in the order must be rejected for that, which has
/// probability at most δ (Maurer, Hothorn and Lehmacher 1995; as risk control: Angelopoulos et al. 2021, "Learn then Test",
/// arXiv 2110.01052). No assumption ties the p-values or makes the risk monotone.
/// </remarks>
public static class FixedSequence
{
    /// <summary>The index of the last hypothesis rejected before the first failure; −1 where already the first fails.</summary>
    /// <param name="count">Number of hypotheses.</param>
    /// <param name="pValue">The p-value of each, asked for in order and no further than the first failure.</param>
    /// <param name="delta">The level δ.</param>
    public static int LastRejected(int count, Func<int, double> pValue, double delta)
    {
        int rejected = 0;
        while (rejected < count && pValue(rejected) <= delta)
            rejected++;

        return rejected - 1;
    }
}
