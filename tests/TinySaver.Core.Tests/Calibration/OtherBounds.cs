using TinySaver.Core.Calibration;

namespace TinySaver.Core.Tests.Calibration;

/// <summary>The bounds that were weighed against <see cref="PairedDropTest"/> and not chosen; each is an upper limit of the drop at 1 − δ.</summary>
internal static class OtherBounds
{
    /// <summary>Hoeffding 1963 for a loss in [−1, 1].</summary>
    public static double Hoeffding(int n, int losses, int gains, double delta) =>
        ((double)(losses - gains) / n) + Math.Sqrt(2 * Math.Log(1 / delta) / n);

    /// <summary>Upper limit of P(loss) less lower limit of P(gain), each Clopper–Pearson at δ / 2.</summary>
    public static double ClopperPearsonUnion(int n, int losses, int gains, double delta) =>
        Binomial.UpperLimit(losses, n, delta / 2) - Binomial.LowerLimit(gains, n, delta / 2);

    /// <summary>
    /// Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting": the one-sided capital process with the
    /// predictable plug-in bets, inverted by halving; the losses in random order.
    /// </summary>
    public static double Betting(int n, int losses, int gains, double delta, Random random)
    {
        var x = new double[n];
        Array.Fill(x, 0.5);
        Array.Fill(x, 1.0, 0, losses);
        Array.Fill(x, 0.0, losses, gains);
        random.Shuffle(x);
        double low = 0, high = 1;
        for (int i = 0; i < 24; i++)
        {
            double middle = 0.5 * (low + high);
            if (Rejects(x, 0.5 + (0.5 * middle), delta))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    // Null: the mean is at least m. Betting on small values: capital *= 1 + λ (m − x), 0 ≤ λ ≤ 1 / (1 − m).
    private static bool Rejects(double[] x, double m, double delta)
    {
        double logCapital = 0, sum = 0.5, squares = 0.25;
        for (int i = 0; i < x.Length; i++)
        {
            double mean = sum / (i + 1), variance = squares / (i + 1);
            double bet = Math.Min(Math.Sqrt(2 * Math.Log(1 / delta) / (variance * x.Length)), 0.9 / (1 - m));
            logCapital += Math.Log(1 + (bet * (m - x[i])));
            if (logCapital >= Math.Log(1 / delta))
                return true;

            sum += x[i];
            double newMean = sum / (i + 2);
            squares += (x[i] - newMean) * (x[i] - newMean);
            _ = mean;
        }

        return false;
    }
}
