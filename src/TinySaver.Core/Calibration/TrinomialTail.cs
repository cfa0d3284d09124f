namespace TinySaver.Core.Calibration;

/// <summary>The distribution of losses minus gains over n images, each independently a loss, a gain or neither.</summary>
internal static class TrinomialTail
{
    /// <summary>P(losses − gains ≤ s) when each of n images is a loss with probability a and a gain with probability b.</summary>
    /// <param name="s">The difference, from −n to n.</param>
    /// <param name="n">Number of images.</param>
    /// <param name="a">P(loss), with a + b ≤ ½.</param>
    /// <param name="b">P(gain).</param>
    /// <remarks>
    /// For a + b ≤ ½ one outcome is the difference of independent Bernoulli variables x and y with x(1 − y) = a and y(1 − x) = b, so the
    /// sum is Bin(n, x) − Bin(n, y). Its tail is one pass over the second with running probabilities: O(√n).
    /// </remarks>
    public static double AtMost(int s, int n, double a, double b)
    {
        double epsilon = a - b;
        double x = 2 * a / (1 + epsilon + Math.Sqrt(((1 + epsilon) * (1 + epsilon)) - (4 * a)));
        double y = b / (1 - x);

        // Outside of 10 standard deviations and 40 events the binomial holds less than 1e-20.
        double spread = (10 * Math.Sqrt(n * y * (1 - y))) + 40;
        int first = Math.Max(0, (int)((n * y) - spread));
        int last = Math.Min(n, (int)((n * y) + spread));

        var gains = new RunningBinomial(first, n, y);
        var losses = new RunningBinomial(s + first, n, x);
        double sum = 0;
        double cumulative = Binomial.Cumulative(s + first, n, x);
        for (int k = first; k <= last; k++)
        {
            sum += gains.Probability * cumulative;
            gains.Advance();
            losses.Advance();
            cumulative = Math.Min(1, cumulative + losses.Probability);
        }

        return Math.Min(1, sum);
    }

    // P(X = k) for k, k + 1, … by the ratio of neighbours; restarted from the logarithm where it has underflowed, so that it cannot stick at 0.
    private struct RunningBinomial
    {
        private const double RestartBelow = 1e-280;
        private readonly int _n;
        private readonly double _p;
        private readonly double _odds;
        private int _k;

        public RunningBinomial(int k, int n, double p)
        {
            (_k, _n, _p, _odds) = (k, n, p, p / (1 - p));
            Probability = Exact();
        }

        public double Probability { get; private set; }

        public void Advance()
        {
            _k++;
            Probability = Probability < RestartBelow ? Exact() : Probability * _odds * (_n - _k + 1) / _k;
        }

        private readonly double Exact() => _k < 0 || _k > _n ? 0 : Math.Exp(Binomial.LogProbability(_k, _n, _p));
    }
}
