using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Tests.Guarantees;

/// <summary>The bounds that were weighed against <see cref="PairedDropTest"/> and not chosen.</summary>
internal static class OtherBounds
{
    /// <summary>Losses and gains among n images.</summary>
    public static (int Losses, int Gains) Draw(int n, double lossRate, double gainRate, Random random)
    {
        int losses = 0, gains = 0;
        for (int k = 0; k < n; k++)
        {
            double u = random.NextDouble();
            losses += u < lossRate ? 1 : 0;
            gains += u >= 1 - gainRate ? 1 : 0;
        }

        return (losses, gains);
    }

    /// <summary>Hoeffding 1963 for a loss in [−1, 1]: the drop's upper limit at 1 − δ.</summary>
    public static double Hoeffding(int n, int losses, int gains, double delta) =>
        ((double)(losses - gains) / n) + Math.Sqrt(2 * Math.Log(1 / delta) / n);

    /// <summary>Upper limit of P(loss) less lower limit of P(gain), each Clopper–Pearson at δ / 2.</summary>
    public static double ClopperPearsonUnion(int n, int losses, int gains, double delta) =>
        UpperLimit(losses, n, delta / 2) - LowerLimit(gains, n, delta / 2);

    /// <summary>The upper Clopper–Pearson limit: the largest p for which k events or fewer among n still have probability ≥ α.</summary>
    public static double UpperLimit(int k, int n, double alpha)
    {
        double low = (double)k / n;
        double high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Binomial.Cumulative(k, n, middle) >= alpha ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The lower Clopper–Pearson limit: the smallest p for which k events or more among n still have probability ≥ α.</summary>
    public static double LowerLimit(int k, int n, double alpha) => 1 - UpperLimit(n - k, n, alpha);

    /// <summary>
    /// Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting": the one-sided capital process with predictable
    /// plug-in bets on the losses scaled to [0, 1], in random order.
    /// </summary>
    public static bool BettingCertifies(int n, int losses, int gains, double epsilon, double delta, Random random)
    {
        double[] x = new double[n];
        Array.Fill(x, 0.5);
        Array.Fill(x, 1.0, 0, losses);
        Array.Fill(x, 0.0, losses, gains);
        random.Shuffle(x);

        // Null: the mean is at least m. Capital is multiplied by 1 + λ (m − x) ≥ 0; small x win.
        double m = 0.5 + (0.5 * epsilon);
        double target = Math.Log(1 / delta);
        double logCapital = 0, sum = 0.5, squares = 0.25;
        for (int i = 0; i < n; i++)
        {
            double variance = squares / (i + 1);
            double bet = Math.Min(Math.Sqrt(2 * target / (variance * n)), 0.9 / (1 - m));
            logCapital += Math.Log(1 + (bet * (m - x[i])));
            if (logCapital >= target)
                return true;

            sum += x[i];
            double mean = sum / (i + 2);
            squares += (x[i] - mean) * (x[i] - mean);
        }

        return false;
    }
}
