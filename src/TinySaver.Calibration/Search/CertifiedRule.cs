using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The lowest threshold whose accuracy drop (without labels: disagreement) is certified to be at most ε with probability at least 1 − δ.</summary>
public sealed record CertifiedRule : SearchRule
{
    /// <summary>The default ε: half a point of accuracy.</summary>
    public const double DefaultEpsilon = 0.005;

    /// <summary>The default δ: the promise may fail for one calibration set in twenty.</summary>
    public const double DefaultDelta = 0.05;

    /// <summary>
    /// The default share of images that select: enough to rank candidates, few enough that certifying loses little (docs/calibration.md
    /// has the figures).
    /// </summary>
    public const double DefaultSelectionShare = 0.2;

    /// <inheritdoc/>
    public override string Name => "certified";

    /// <summary>ε, the largest drop allowed, as a share of all images in (0, 1). Default 0.005.</summary>
    public double Epsilon { get; init; } = DefaultEpsilon;

    /// <summary>δ, the probability with which the promise may fail, in (0, 1). Default 0.05.</summary>
    public double Delta { get; init; } = DefaultDelta;

    /// <summary>How the choice among candidates is corrected for. Default: by their number.</summary>
    public CandidateCorrection Correction { get; init; } = CandidateCorrection.Auto;

    /// <summary>
    /// The share of images that select where the images are split, in (0, 1); more where the others suffice for as much, fewer where they would
    /// certify nothing. Default 0.2.
    /// </summary>
    public double SelectionShare { get; init; } = DefaultSelectionShare;

    /// <summary>The seed of the split. Default 0. Trying several and keeping the best voids the guarantee.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is promised: about accuracy with labels, about agreement without.</summary>
    public RiskLimit Limit(bool labelled) => new(labelled ? RiskKind.AccuracyDrop : RiskKind.Disagreement, Epsilon, Delta);

    internal override void Check()
    {
        RequireShare("accuracy drop epsilon", Epsilon);
        RequireShare("error probability delta", Delta);
        RequireShare("selection share", SelectionShare);

        static void RequireShare(string name, double value)
        {
            if (value is not (> 0 and < 1))
                throw new TinySaverException($"The {name} is {value}: it must lie between 0 and 1, both excluded (0.005 is half a point).");
        }
    }
}
