using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The lowest threshold whose accuracy drop (without labels: disagreement) is certified to be at most ε with probability at least 1 − δ.</summary>
public sealed record CertifiedRule : SearchRule
{
    /// <summary>The default ε: half a point of accuracy.</summary>
    public const double DefaultEpsilon = 0.005;

    /// <summary>The default δ: the guarantee may fail for one calibration set in twenty.</summary>
    public const double DefaultDelta = 0.05;

    /// <inheritdoc/>
    public override PolicyRule Policy => new(RuleKind.Certified, Epsilon, Delta);

    /// <summary>ε, the largest drop allowed, as a share of all images in (0, 1). Default 0.005.</summary>
    public double Epsilon { get; init; } = DefaultEpsilon;

    /// <summary>δ, the probability with which the guarantee may fail, in (0, 1). Default 0.05.</summary>
    public double Delta { get; init; } = DefaultDelta;

    /// <summary>How the choice among candidates is corrected for. Default: by their number.</summary>
    public CandidateCorrection Correction { get; init; } = CandidateCorrection.Auto;

    /// <summary>
    /// The share of images that select where the images are split, in (0, 1); more where the others suffice for as much, fewer where they would
    /// certify nothing. Default 0.2: enough to rank candidates, few enough that certifying loses little (docs/calibration.md has the figures).
    /// </summary>
    public double SelectionShare { get; init; } = 0.2;

    /// <summary>The seed of the split. Default 0. Trying several and keeping the best voids the guarantee.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override int MostSavers => 2;

    /// <inheritdoc/>
    public override Guarantee Guarantee(bool labelled) => new(labelled ? RiskKind.AccuracyDrop : RiskKind.Disagreement, Epsilon, Delta);

    /// <inheritdoc/>
    public override SampleSplit DrawSplit(ReadOnlySpan<ulong> keys, SearchOptions options, bool labelled)
    {
        Check(options);
        int certifying = keys.Length < 2 ? 0
            : new CertificationPlan(Guarantee(labelled), SelectionShare).Certifying(keys.Length, options.MaxSavers > 1);
        return SampleSplit.Draw(keys.Length, keys, keys.Length - certifying, Seed);
    }

    internal override void Check(SearchOptions options)
    {
        base.Check(options);
        Guarantee(labelled: true).Check();
        if (SelectionShare is not (> 0 and < 1))
            throw new TinySaverException($"The selection share is {SelectionShare}: it must lie between 0 and 1, both excluded.");
    }

    internal override SearchResult Search(SearchInput input, SearchOptions options) => CertifiedSearch.Run(input, this, options);
}
