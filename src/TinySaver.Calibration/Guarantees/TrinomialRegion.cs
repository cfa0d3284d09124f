namespace TinySaver.Calibration.Guarantees;

/// <summary>The probability that the losses and gains among n images fall below a curve.</summary>
internal static class TrinomialRegion
{
    /// <summary>P(losses ≤ curve[gains]) when each of n images is a loss with probability a and a gain with probability b.</summary>
    /// <param name="curve">The most losses for each number of gains 0 … n; never falling; −1 for none.</param>
    /// <param name="n">Number of images.</param>
    /// <param name="a">P(loss).</param>
    /// <param name="b">P(gain), with a + b ≤ 1 but for rounding.</param>
    /// <remarks>
    /// The gains g are Bin(n, b); given g the losses are Bin(n − g, a / (1 − b)). One pass over g updates the second distribution
    /// function by single terms: from n − g to n − g − 1 trials it grows by p · P(losses = c), and each step of c adds a term.
    /// </remarks>
    public static double Probability(ReadOnlySpan<int> curve, int n, double a, double b)
    {
        double p = Math.Min(1, a / (1 - b));
        if (p >= 1)
            return Certain(curve, n, b);

        // Outside of 10 standard deviations and 40 events a binomial holds less than 1e-20.
        double spread = (10 * Math.Sqrt(n * b * (1 - b))) + 40;
        int first = Math.Max(0, (int)((n * b) - spread));
        int last = Math.Min(n, (int)((n * b) + spread));
        double odds = p / (1 - p);
        double gainOdds = b / (1 - b);
        double gain = Math.Exp(Binomial.LogProbability(first, n, b));
        int c = curve[first];
        double below = Binomial.Cumulative(c, n - first, p);
        double at = Term(c, n - first, p);
        double sum = 0;
        for (int g = first; ; g++)
        {
            sum += gain * below;
            if (g == last)
                return Math.Min(1, sum);

            gain *= gainOdds * (n - g) / (g + 1);
            int trials = n - g - 1;

            // P(Bin(m − 1) = c) = P(Bin(m) = c) · (m − c) / (m (1 − p)); underflowed terms are recomputed, never kept at 0.
            at = at < 1e-280 ? Term(c, trials, p) : at * (trials + 1 - c) / ((trials + 1) * (1 - p));
            below = Math.Min(1, below + (p * at));
            for (int next = curve[g + 1]; c < next;)
            {
                c++;
                at = at < 1e-280 ? Term(c, trials, p) : at * odds * (trials - c + 1) / c;
                below = Math.Min(1, below + at);
            }
        }
    }

    private static double Term(int c, int trials, double p) => c < 0 || c > trials ? 0 : Math.Exp(Binomial.LogProbability(c, trials, p));

    // Every image that is not a gain is a loss.
    private static double Certain(ReadOnlySpan<int> curve, int n, double b)
    {
        double sum = 0;
        for (int g = 0; g <= n; g++)
            sum += n - g <= curve[g] ? Math.Exp(Binomial.LogProbability(g, n, b)) : 0;

        return Math.Min(1, sum);
    }
}
