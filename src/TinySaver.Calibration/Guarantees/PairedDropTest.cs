using System.Collections.Concurrent;

namespace TinySaver.Calibration.Guarantees;

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

    // A search asks for the same few (n, ε, δ) for every saver and measure; a simulation for the same one hundreds of times.
    private const int MostRemembered = 64;
    private static readonly ConcurrentDictionary<(int Samples, double Epsilon, double Delta), PairedDropTest> Remembered = new();
    private static readonly ConcurrentDictionary<(int Losses, double Epsilon, double Delta), int> RememberedFewest = new();

    private readonly int[] _mostLosses;

    private PairedDropTest(int samples, double epsilon, double delta)
    {
        (Samples, Epsilon, Delta) = (samples, epsilon, delta);
        _mostLosses = Fit(new DropContour(samples, epsilon), delta);
    }

    /// <summary>Number of images n, exited or not.</summary>
    public int Samples { get; }

    /// <summary>ε, the accuracy drop in question as a share of all images.</summary>
    public double Epsilon { get; }

    /// <summary>δ, the highest probability of certifying a drop that is ε or more.</summary>
    public double Delta { get; }

    /// <summary>The test for n images, made at the first request (some 10 ms at n = 1,000, about a second at 100,000) and remembered.</summary>
    /// <param name="samples">Number of images n, at least 1; escalated ones count too (they are neither loss nor gain).</param>
    /// <param name="epsilon">The drop in question, as a share of images, in (−1, 1).</param>
    /// <param name="delta">The error probability, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static PairedDropTest For(int samples, double epsilon, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        RequireShare(Math.Abs(epsilon), nameof(epsilon), orZero: true);
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

    /// <summary>The fewest images that certify the drop with a number of losses and no gain: what the contour of n images allows, looked for over n.</summary>
    /// <param name="losses">Number of losses, at least 0.</param>
    /// <param name="epsilon">The drop in question, as a share of images, in (0, 1).</param>
    /// <param name="delta">The error probability, in (0, 1).</param>
    /// <remarks>
    /// Usually the binomial number, where the drop is tested against P(gain) = 0 alone, or a few images more; at a small δ the worst P(gain) is
    /// another and it takes up to a third more. Around the number the contour's size goes up and down with n, so a few larger n may not certify.
    /// </remarks>
    public static int FewestSamples(int losses, double epsilon, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(losses);
        RequireShare(epsilon, nameof(epsilon));
        RequireShare(delta, nameof(delta));
        if (RememberedFewest.Count >= MostRemembered)
            RememberedFewest.Clear();

        return RememberedFewest.GetOrAdd((losses, epsilon, delta), static key => FindFewest(key.Losses, key.Epsilon, key.Delta));
    }

    private static int FindFewest(int losses, double epsilon, double delta)
    {
        int enough = DisagreementTest.FewestSamples(losses, epsilon, delta);
        int tooFew = enough - 1;
        while (!Allows(enough))
            (tooFew, enough) = (enough, enough + Math.Max(1, enough / 16));

        enough = Bisection.First(tooFew, enough, Allows);

        // The proof of the size may ask for more than the grid does.
        while (For(enough, epsilon, delta).MostLosses(0) < losses)
            enough++;

        return enough;

        // One look at the contour through the point, where a whole test is fitted by some twenty.
        bool Allows(int samples)
        {
            var contour = new DropContour(samples, epsilon);
            int[] curve = contour.Curve(DropScore.Of(samples, losses, 0, epsilon));
            return contour.IsSmallOnGrid(curve, delta * FittedShare);
        }
    }

    private static int[] Fit(DropContour contour, double delta)
    {
        for (double share = FittedShare; share >= LeastFittedShare; share *= FittedShare)
        {
            int[] curve = FitOnGrid(contour, delta * share);
            if (contour.SizeIsAtMost(curve, delta))
                return curve;
        }

        int[] nothing = new int[contour.Samples + 1];
        Array.Fill(nothing, -1);
        return nothing;
    }

    // Halving on the critical value.
    private static int[] FitOnGrid(DropContour contour, double level)
    {
        const int halvings = 20;
        (double strict, _) = Bisection.Between(-6, 0, halvings, z => contour.IsSmallOnGrid(contour.Curve(z), level));
        return contour.Curve(strict);
    }

    private static void RequireShare(double value, string name, bool orZero = false)
    {
        if (value is not (> 0 and < 1) && !(orZero && value == 0))
            throw new ArgumentOutOfRangeException(name, value, "It must lie between 0 and 1, both excluded.");
    }
}
