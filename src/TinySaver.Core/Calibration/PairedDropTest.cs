using System.Collections.Concurrent;

namespace TinySaver.Core.Calibration;

/// <summary>
/// The exact test that a cascade's accuracy drop is at most ε, from paired outcomes: a loss is an image that the large model has
/// right and the cascade wrong, a gain the reverse, every other image counts 0.
/// </summary>
/// <remarks>
/// <para>Null hypothesis: P(loss) − P(gain) ≥ ε. The losses and gains among n independent images are trinomial. The drop is certified where
/// losses ≤ c(gains), a curve made once for n, ε and δ: the score statistic's contour (<see cref="DropScore"/>) at the highest value z for which
/// no null hypothesis crosses the curve with a probability above δ. This is an exact unconditional test of non-inferiority for paired
/// proportions (Hsueh, Liu and Chen 2001, Biometrics 57; Lloyd and Moldovan 2008, Statistics in Medicine 27), valid at every n.</para>
/// <para>Why the size is a proven bound, not one seen on a grid: c never falls, so the probability of certifying falls with P(loss) and rises with
/// P(gain). The worst null hypothesis therefore has P(loss) = P(gain) + ε, and over an interval l ≤ P(gain) ≤ h its probability is at most
/// that of P(loss) = l + ε with P(gain) = h. Intervals are halved until that bound is at most δ; where it stays above, z is lowered.</para>
/// </remarks>
public sealed class PairedDropTest
{
    // The curve is fitted to this share of δ; the rest pays for the interval bounds. 4 % of δ = 0.05 moves the critical z by 0.02 of 1.65.
    internal const double FittedShare = 0.96;

    // Below this the fit has failed by more than interval bounds explain; certifying nothing is always valid.
    private const double LeastFittedShare = 0.5;

    private const int MostHalvings = 14;

    // A search asks for the same few (n, ε, δ) for every saver and measure; a simulation for the same one hundreds of times.
    private const int MostRemembered = 64;
    private static readonly ConcurrentDictionary<(int Samples, double Epsilon, double Delta), PairedDropTest> Remembered = new();

    private readonly int[] _mostLosses;

    private PairedDropTest(int samples, double epsilon, double delta)
    {
        (Samples, Epsilon, Delta) = (samples, epsilon, delta);
        _mostLosses = Fit();
    }

    /// <summary>Number of images n, exited or not.</summary>
    public int Samples { get; }

    /// <summary>ε, the accuracy drop in question as a share of all images.</summary>
    public double Epsilon { get; }

    /// <summary>δ, the highest probability of certifying a drop that is ε or more.</summary>
    public double Delta { get; }

    /// <summary>The test for n images, made at the first request (some 10 ms at n = 1,000, about a second at 100,000) and remembered.</summary>
    /// <param name="samples">Number of images n, at least 1; escalated ones count too (they are neither loss nor gain).</param>
    /// <param name="epsilon">The drop in question, as a share of images, in (0, 1).</param>
    /// <param name="delta">The error probability, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static PairedDropTest For(int samples, double epsilon, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        RequireShare(epsilon, nameof(epsilon));
        RequireShare(delta, nameof(delta));
        if (Remembered.Count >= MostRemembered)
            Remembered.Clear();

        return Remembered.GetOrAdd((samples, epsilon, delta), static key => new PairedDropTest(key.Samples, key.Epsilon, key.Delta));
    }

    /// <summary>Whether counts on n images certify a drop below ε.</summary>
    /// <param name="losses">Images that the large model has right and the cascade wrong.</param>
    /// <param name="gains">Images that the cascade has right and the large model wrong.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or together they exceed the samples.</exception>
    public bool Certifies(int losses, int gains)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(losses);
        return losses <= MostLosses(gains);
    }

    /// <summary>The most losses that still certify the drop at a number of gains; −1 where none do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The gains are negative or exceed the samples.</exception>
    public int MostLosses(int gains)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gains);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gains, Samples);
        return _mostLosses[gains];
    }

    /// <summary>The probability that n images certify the drop: the test's power, or its size where lossRate − gainRate ≥ ε.</summary>
    /// <param name="lossRate">P(loss), in [0, 1].</param>
    /// <param name="gainRate">P(gain), in [0, 1 − P(loss)].</param>
    public double ProbabilityOfCertifying(double lossRate, double gainRate) =>
        TrinomialRegion.Probability(_mostLosses, Samples, lossRate, gainRate);

    private int[] Fit()
    {
        for (double share = FittedShare; share >= LeastFittedShare; share *= FittedShare)
        {
            int[] curve = FitOnGrid(Delta * share);
            if (SizeIsAtMostDelta(curve))
                return curve;
        }

        var nothing = new int[Samples + 1];
        Array.Fill(nothing, -1);
        return nothing;
    }

    // Halving on the critical value; the grid's spacing follows the standard deviation, √(2b + ε).
    private int[] FitOnGrid(double level)
    {
        const int gridSize = 100;
        const int halvings = 20;
        double strict = -6;
        double lax = 0;
        int[] curve = Contour(strict);
        for (int i = 0; i < halvings; i++)
        {
            double middle = 0.5 * (strict + lax);
            int[] candidate = Contour(middle);
            bool small = true;
            for (int k = 0; k <= gridSize && small; k++)
            {
                double gain = GainRate((double)k / gridSize);
                small = TrinomialRegion.Probability(candidate, Samples, gain + Epsilon, gain) <= level;
            }

            if (small)
                (strict, curve) = (middle, candidate);
            else
                lax = middle;
        }

        return curve;
    }

    // The largest never-falling curve below the score's contour: what makes the bound in the remarks hold, whatever the score does.
    private int[] Contour(double z)
    {
        var curve = new int[Samples + 1];
        int losses = -1;
        for (int gains = 0; gains <= Samples; gains++)
        {
            while (losses + 1 + gains <= Samples && DropScore.Of(Samples, losses + 1, gains, Epsilon) <= z)
                losses++;

            curve[gains] = losses;
        }

        return curve;
    }

    private bool SizeIsAtMostDelta(int[] curve)
    {
        const int intervals = 64;
        for (int i = 0; i < intervals; i++)
        {
            if (!Bounded((double)i / intervals, (i + 1.0) / intervals, MostHalvings))
                return false;
        }

        return true;

        bool Bounded(double from, double to, int halvings)
        {
            if (TrinomialRegion.Probability(curve, Samples, GainRate(from) + Epsilon, GainRate(to)) <= Delta)
                return true;
            if (halvings == 0)
                return false;

            double middle = 0.5 * (from + to);
            return Bounded(from, middle, halvings - 1) && Bounded(middle, to, halvings - 1);
        }
    }

    // Maps [0, 1] to the nuisance parameter's range [0, (1 − ε) / 2], in equal steps of the standard deviation √(2b + ε).
    private double GainRate(double u)
    {
        double low = Math.Sqrt(Epsilon);
        double deviation = low + (u * (1 - low));
        return Math.Max(0, 0.5 * ((deviation * deviation) - Epsilon));
    }

    private static void RequireShare(double value, string name)
    {
        if (value is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(name, value, "It must lie between 0 and 1, both excluded.");
    }
}
