namespace TinySaver.Calibration.Guarantees;

/// <summary>Binomial probabilities and the exact confidence limits made from them.</summary>
public static class Binomial
{
    /// <summary>The natural logarithm of P(X = k) for X ~ Bin(n, p); −∞ where the probability is 0.</summary>
    /// <param name="k">Number of events, 0 ≤ k ≤ n.</param>
    /// <param name="n">Number of trials.</param>
    /// <param name="p">Probability of an event, in [0, 1].</param>
    public static double LogProbability(int k, int n, double p)
    {
        if (p <= 0)
            return k == 0 ? 0 : double.NegativeInfinity;
        if (p >= 1)
            return k == n ? 0 : double.NegativeInfinity;

        return Gamma.LogChoose(n, k) + (k * Math.Log(p)) + ((n - k) * double.LogP1(-p));
    }

    /// <summary>P(X ≤ k) for X ~ Bin(n, p).</summary>
    /// <param name="k">Number of events; below 0 the result is 0, from n on it is 1.</param>
    /// <param name="n">Number of trials.</param>
    /// <param name="p">Probability of an event, in [0, 1].</param>
    public static double Cumulative(int k, int n, double p)
    {
        if (k < 0)
            return 0;
        if (k >= n || p <= 0)
            return 1;
        if (p >= 1)
            return 0;

        return Gamma.RegularisedBeta(1 - p, n - k, k + 1);
    }

    /// <summary>The upper Clopper–Pearson limit: the largest p for which k events or fewer still have probability ≥ α.</summary>
    /// <param name="k">Number of events seen, 0 ≤ k ≤ n.</param>
    /// <param name="n">Number of trials, at least 1.</param>
    /// <param name="alpha">One-sided error probability, in (0, 1).</param>
    /// <returns>A number in (0, 1] that is at least the true p with probability at least 1 − α.</returns>
    /// <remarks>Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial".</remarks>
    public static double UpperLimit(int k, int n, double alpha)
    {
        if (k >= n)
            return 1;
        if (k == 0)
            return -double.ExpM1(Math.Log(alpha) / n);

        double low = (double)k / n;
        double high = 1;

        // 60 halvings bring the bracket below the spacing of doubles; returning its upper end keeps the limit valid.
        for (int i = 0; i < 60 && high - low > 1e-15; i++)
        {
            double middle = 0.5 * (low + high);
            if (Cumulative(k, n, middle) >= alpha)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    /// <summary>The lower Clopper–Pearson limit: the smallest p for which k events or more still have probability ≥ α.</summary>
    /// <inheritdoc cref="UpperLimit"/>
    /// <returns>A number in [0, 1) that is at most the true p with probability at least 1 − α.</returns>
    public static double LowerLimit(int k, int n, double alpha) => 1 - UpperLimit(n - k, n, alpha);
}
