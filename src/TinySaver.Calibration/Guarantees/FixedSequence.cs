namespace TinySaver.Calibration.Guarantees;

/// <summary>Fixed-sequence testing: hypotheses in an order chosen beforehand, each at the full level δ, up to the first that is not rejected.</summary>
/// <remarks>
/// The probability of certifying anything that does not hold is at most δ: the first such hypothesis in the order must be certified for
/// that, and its own test does so with probability at most δ (Maurer, Hothorn and Lehmacher 1995; as risk control: Angelopoulos et al. 2021,
/// "Learn then Test", arXiv 2110.01052). No assumption ties the tests together or makes the risk monotone.
/// </remarks>
public static class FixedSequence
{
    /// <summary>The index of the last hypothesis certified before the first failure; −1 where already the first fails.</summary>
    /// <param name="count">Number of hypotheses.</param>
    /// <param name="certifies">The test of each at level δ, asked for in order and no further than the first failure.</param>
    public static int LastCertified(int count, Func<int, bool> certifies)
    {
        int certified = 0;
        while (certified < count && certifies(certified))
            certified++;

        return certified - 1;
    }
}
