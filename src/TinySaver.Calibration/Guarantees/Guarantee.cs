using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Guarantees;

/// <summary>How a cascade's answers differ from the large model's on some images.</summary>
/// <param name="Losses">Images that only the large model has right: each costs accuracy.</param>
/// <param name="Gains">Images that only the cascade has right: each wins accuracy.</param>
/// <param name="Disagreements">Images on which the two chose different classes.</param>
/// <param name="Unlabelled">Of those, images whose true class is unknown though others are known; each counts as a loss.</param>
public readonly record struct Differences(int Losses, int Gains, int Disagreements, int Unlabelled = 0)
{
    /// <summary>Losses less gains: by how many images the cascade is behind the large model alone.</summary>
    public int NetLosses => Losses - Gains;

    /// <summary>What they were if every unlabelled image turned out to be a gain.</summary>
    public Differences AtBest() => new(Losses - Unlabelled, Gains + Unlabelled, Disagreements);

    /// <summary>What two disjoint sets of images come to together.</summary>
    public static Differences operator +(Differences a, Differences b) =>
        new(a.Losses + b.Losses, a.Gains + b.Gains, a.Disagreements + b.Disagreements, a.Unlabelled + b.Unlabelled);

    /// <summary>What is left of a set of images without a part of it.</summary>
    public static Differences operator -(Differences a, Differences b) =>
        new(a.Losses - b.Losses, a.Gains - b.Gains, a.Disagreements - b.Disagreements, a.Unlabelled - b.Unlabelled);
}

/// <summary>What is promised of a cascade: the risk is at most ε with probability at least 1 − δ over the draw of the calibration images.</summary>
/// <param name="Risk">What is bounded.</param>
/// <param name="Epsilon">
/// ε, a share of all images: of a drop in (−1, 1), where 0 means "no less accurate" and −0.01 "at least a point more accurate"; of a disagreement in (0, 1).
/// </param>
/// <param name="Delta">δ, in (0, 1).</param>
public sealed record Guarantee(RiskKind Risk, double Epsilon, double Delta)
{
    /// <summary>The guarantee of a policy; null where it has none, or one that no test could refute or prove (a bound or confidence of 0 or 1).</summary>
    public static Guarantee? Of(PolicyGuarantee? guarantee) =>
        guarantee is { Bound: > -1 and < 1, Confidence: > 0 and < 1 } and ({ Risk: RiskKind.AccuracyDrop } or { Bound: > 0 })
            ? new(guarantee.Risk, guarantee.Bound, 1 - guarantee.Confidence)
            : null;

    /// <summary>What is promised, for people, without its confidence: "an accuracy drop of at most 0.5 points".</summary>
    public string Statement => Risk == RiskKind.Disagreement ? FormattableString.Invariant($"a disagreement with the large model of at most {100 * Epsilon:0.###} %")
        : Epsilon == 0 ? "an accuracy not below the large model's"
        : Epsilon < 0 ? FormattableString.Invariant($"an accuracy at least {-100 * Epsilon:0.###} points above the large model's")
        : FormattableString.Invariant($"an accuracy drop of at most {100 * Epsilon:0.###} points");

    /// <summary>Refuses bounds and probabilities that mean nothing.</summary>
    /// <exception cref="TinySaverException">ε or δ is out of range.</exception>
    public void Check()
    {
        if (Risk == RiskKind.AccuracyDrop && Epsilon is not (> -1 and < 1))
            throw new TinySaverException($"The accuracy drop epsilon is {Epsilon}: it must lie between -1 and 1, both excluded (0.005 is half a point, -0.01 a point more accurate).");
        if (Risk == RiskKind.Disagreement && Epsilon is not (> 0 and < 1))
            throw new TinySaverException($"Without labels epsilon, {Epsilon}, bounds the disagreement with the large model: it must lie between 0 and 1, both excluded. No less accurate (0 or below) can be certified only with labels.");
        if (Delta is not (> 0 and < 1))
            throw new TinySaverException($"The error probability delta is {Delta}: it must lie between 0 and 1, both excluded (0.05 is one in twenty).");
    }

    /// <summary>The risk on some images: the share by which losses exceed gains, or that of the disagreements.</summary>
    /// <param name="found">How the cascade differed from the large model on them.</param>
    /// <param name="samples">Number of images, at least 1.</param>
    public double Observed(Differences found, int samples) =>
        (Risk == RiskKind.AccuracyDrop ? found.Losses - found.Gains : found.Disagreements) / (double)samples;

    /// <summary>The exact test of the guarantee on n images.</summary>
    public RiskTest Test(int samples) => new(this, samples);

    /// <summary>The fewest images that certify with a number of losses (or disagreements) and no gain among them.</summary>
    /// <remarks>A gain makes up for a loss, so with gains fewer images may do. Of a drop of at most 0 or less no number does without gains.</remarks>
    public long FewestSamples(int losses = 0)
    {
        if (Epsilon <= 0)
            return long.MaxValue;

        // Beyond ten million images a test is a matter of minutes; the binomial number is then a lower limit.
        const double mostTested = 1e7;
        double withoutLoss = Math.Log(Delta) / double.LogP1(-Epsilon);
        return withoutLoss > mostTested ? (long)Math.Ceiling(withoutLoss)
            : Risk == RiskKind.AccuracyDrop ? PairedDropTest.FewestSamples(losses, Epsilon, Delta)
            : DisagreementTest.FewestSamples(losses, Epsilon, Delta);
    }

    /// <summary>About how many images certify a threshold with a chance of 80 %, given what it did on others.</summary>
    /// <param name="found">How the cascade differed from the large model on them.</param>
    /// <param name="samples">Number of images.</param>
    /// <returns>The number; null where none would do, because the risk is not below ε.</returns>
    public long? SamplesNeeded(Differences found, int samples)
    {
        double n = samples;
        return Risk == RiskKind.AccuracyDrop
            ? DropScore.SamplesNeeded(found.Losses / n, found.Gains / n, Epsilon, Delta)
            : DropScore.SamplesNeeded(found.Disagreements / n, 0, Epsilon, Delta);
    }
}

/// <summary>The exact test of a guarantee on a given number of images.</summary>
public sealed class RiskTest
{
    private readonly PairedDropTest? _drop;
    private readonly int _mostDisagreements;

    internal RiskTest(Guarantee guarantee, int samples)
    {
        (Guarantee, Samples) = (guarantee, samples);
        if (guarantee.Risk == RiskKind.AccuracyDrop)
            _drop = PairedDropTest.For(samples, guarantee.Epsilon, guarantee.Delta);
        else
            _mostDisagreements = DisagreementTest.MostDisagreements(samples, guarantee.Epsilon, guarantee.Delta);
    }

    /// <summary>What is tested.</summary>
    public Guarantee Guarantee { get; }

    /// <summary>Number of images, exited or not.</summary>
    public int Samples { get; }

    /// <summary>The most losses (or disagreements) that certify without a gain; −1 where not even none does.</summary>
    public int MostLosses => _drop?.MostLosses(0) ?? _mostDisagreements;

    /// <summary>Whether what was found on the images certifies the guarantee.</summary>
    public bool Certifies(Differences found) => _drop?.Certifies(found.Losses, found.Gains) ?? found.Disagreements <= _mostDisagreements;
}

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
