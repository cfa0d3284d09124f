using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>
/// How a certified search spends its images: on certifying every candidate (Bonferroni), or some on selecting and the others on certifying the
/// best one or two.
/// </summary>
/// <remarks>
/// Decided by numbers of images and candidates alone, so the data have no say in it and the guarantee needs no correction for it. What
/// decides is the share of losses that a way certifies with a chance of about a half, which is 0 where it cannot certify even a loss-free
/// sample. That share steps up where one loss more is allowed and falls between the steps, where an image more is only one chance more of a
/// loss. So no more images certify than the last step needs; of a split the others select, for Bonferroni they are left out.
/// </remarks>
/// <param name="guarantee">What is to be certified.</param>
/// <param name="selectionShare">The least share of the images that selects where they suffice.</param>
internal sealed class CertificationPlan(Guarantee guarantee, double selectionShare)
{
    // What betting on the best-ranked candidates costs against certifying them all, as a share of what is certified: with these, simulations
    // (docs/calibration.md) find each way where it saves most, or nearly.
    private const double OneFinalist = 0.5;
    private const double TwoFinalists = 0.75;

    // Fewer images rank next to nothing.
    private const int LeastSelecting = 30;

    // More images rank a little better, and fit weights no better that shows.
    private const int EnoughSelecting = 200;

    // With more losses allowed than this, one more or less changes nothing that matters.
    private const int MostStepped = 7;

    // A chain takes its share of δ from the pairs. With so many losses allowed still, they hardly feel it.
    private const int LeastLossesForChain = 2;

    /// <summary>Whether certifying every candidate promises more than a split.</summary>
    public bool PrefersEveryCandidate(int samples, int candidates)
    {
        if (samples < 2)
            return true;

        // Only images that select tell where gains begin.
        if (NeedsGains)
            return false;

        // A single candidate needs no selecting.
        if (candidates <= 1)
            return true;

        double every = Tolerance(candidates, CertifyingEvery(samples, candidates));
        int certifying = Certifying(samples, chains: false);
        return every > 0 && every >= Math.Max(OneFinalist * Tolerance(1, certifying), TwoFinalists * Tolerance(2, certifying));
    }

    /// <summary>Whether a sample without losses and gains is certified if every candidate is, and not if some images select.</summary>
    public bool OnlyCertifiesEvery(int samples, int candidates) =>
        samples < 2 || (Tolerance(Math.Max(1, candidates), CertifyingEvery(samples, Math.Max(1, candidates))) > 0 && Tolerance(1, Certifying(samples, chains: false)) == 0);

    /// <summary>How many of the images certify where every candidate is certified.</summary>
    public int CertifyingEvery(int samples, int candidates) => !NeedsGains && LastStep(candidates, samples) is > 0 and int step ? step : samples;

    /// <summary>How many of the images certify where the others select.</summary>
    /// <param name="samples">Number of images, at least 2.</param>
    /// <param name="chains">Whether a chain may be certified besides.</param>
    public int Certifying(int samples, bool chains)
    {
        int selecting = Math.Clamp((int)Math.Round(selectionShare * samples), 1, samples - 1);
        int most = samples - selecting;

        // Where only gains can certify, what counts is to find the cascade that has most of them.
        int gaining = samples - Math.Max(selecting, Math.Min(samples / 2, EnoughSelecting));
        if (NeedsGains)
            return gaining;

        if (chains && LastStep(3, most) is > 0 and int three && TakesChain(three))
            return three;

        int one = LastStep(1, most);
        int two = LastStep(2, most);
        if (two > 0 && TwoFinalists * Tolerance(2, two) >= OneFinalist * Tolerance(1, one))
            return two;

        return one > 0 ? one
            : LastStep(1, samples - Math.Min(selecting, LeastSelecting)) is > 0 and int step ? step
            : gaining;
    }

    /// <summary>How many pairs so many images certify: two, each at δ / 2, or one at δ.</summary>
    public int Finalists(int certifying) => NeedsGains ? 2 :
        Tolerance(2, certifying) is > 0 and double two && TwoFinalists * two >= OneFinalist * Tolerance(1, certifying) ? 2 : 1;

    /// <summary>Whether so many images certify a chain besides two pairs, each of the three at δ / 3.</summary>
    public bool TakesChain(int certifying) => NeedsGains || Level(3).Test(certifying).MostLosses >= LeastLossesForChain;

    /// <summary>The guarantee at the level of each of several tests.</summary>
    public Guarantee Level(int tests) => guarantee with { Delta = guarantee.Delta / tests };

    /// <summary>The fewest images with which any way certifies a sample without losses and gains (where ε is 0 or less: without losses).</summary>
    /// <param name="candidates">Number of candidates.</param>
    /// <param name="splits">Whether some images must select.</param>
    public long FewestSamples(int candidates, bool splits)
    {
        // As many gains as halve a probability of 1 down to δ; how many images those take depends on the models.
        if (NeedsGains)
            return LeastSelecting + (long)Math.Ceiling(-Math.Log2(guarantee.Delta));

        long split = guarantee.FewestSamples() + LeastSelecting;
        return splits ? split : Math.Min(split, Level(candidates).FewestSamples());
    }

    /// <summary>About how many images certify a candidate with a chance of 80 %, given what it did on the images at hand.</summary>
    /// <param name="samples">Number of images at hand.</param>
    /// <param name="found">How it differed from the large model on them.</param>
    /// <param name="candidates">Number of candidates.</param>
    /// <param name="splits">Whether some images must select.</param>
    /// <returns>The number, which may be below that at hand; null where none would do, because the risk is not below ε.</returns>
    public long? SamplesNeeded(int samples, Differences found, int candidates, bool splits)
    {
        if (guarantee.SamplesNeeded(found, samples) is not { } needed)
            return null;

        // The level and the images that certify follow from the number of images, and that from them: a few rounds settle it. Beyond the most
        // images looked at they hardly change any more.
        const int rounds = 3;
        const int mostImages = 20_000;
        for (int round = 0; round < rounds; round++)
        {
            int at = (int)Math.Clamp(needed, Math.Max(2, samples), Math.Max(mostImages, samples));
            bool every = !splits && PrefersEveryCandidate(at, candidates);
            int certifying = every ? CertifyingEvery(at, candidates) : Certifying(at, chains: false);
            Guarantee level = Level(every ? candidates : candidates == 1 ? 1 : Finalists(certifying));
            needed = (long)Math.Ceiling(level.SamplesNeeded(found, samples)!.Value * (at / (double)certifying));
        }

        bool gains = guarantee.Risk == RiskKind.AccuracyDrop && found.Gains > 0;
        return gains ? needed : Math.Max(needed, FewestSamples(candidates, splits));
    }

    // A drop of at most 0 or less is never certified by a sample without gains, of whatever size, so no number of losses says how images are best spent.
    private bool NeedsGains => guarantee.Epsilon <= 0;

    // The median of Bin(n, p) is at most k up to about p = (k + 0.7) / n.
    private double Tolerance(int tests, int samples) =>
        samples > 0 && Level(tests).Test(samples).MostLosses is >= 0 and int losses ? (losses + 0.7) / samples : 0;

    // The fewest images, of at most some number, that allow as many losses as any number up to there does; 0 where none allows even none.
    private int LastStep(int tests, int most)
    {
        // Near a step the losses allowed go up and down with n, odd and even.
        Guarantee level = Level(tests);
        int losses = Math.Max(level.Test(most).MostLosses, most > 1 ? level.Test(most - 1).MostLosses : -1);
        return losses < 0 ? 0
            : losses > MostStepped ? most
            : (int)Math.Min(most, level.FewestSamples(losses));
    }
}
