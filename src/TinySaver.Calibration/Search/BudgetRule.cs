using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The highest accuracy (without labels: agreement with the large model) at a bounded escalation rate.</summary>
/// <param name="MaxEscalationRate">r, the largest share of images that may be escalated, in [0, 1].</param>
public sealed record BudgetRule(double MaxEscalationRate) : ThresholdRule
{
    /// <inheritdoc/>
    public override PolicyRule Policy => new(RuleKind.Budget, EscalationRate: MaxEscalationRate);

    internal override void Check(SearchOptions options)
    {
        base.Check(options);
        if (MaxEscalationRate is not (>= 0 and <= 1))
            throw new TinySaverException($"The escalation rate is {MaxEscalationRate}: it is a share of the images, between 0 and 1.");
    }

    internal override double Harm(OperatingPoint point) => point.AccuracyDrop ?? (1 - point.Agreement);

    private protected override bool Pools => true;

    // Where letting nothing exit is best, 1 is the nearest threshold that can be written down.
    internal override double Choose(Candidate candidate, SweepCurve curve, bool labelled) => Math.Min(1, BestPoint(curve, labelled).Threshold);

    /// <summary>The best point at which at most a share r of the images is escalated; of equal ones, that with the most exits.</summary>
    /// <param name="curve">The sweep.</param>
    /// <param name="labelled">Whether the curve knows true labels; otherwise disagreements are counted instead of net losses.</param>
    /// <returns>A point of the curve, or <see cref="SweepCurve.NothingExits"/> where that is best and allowed (r = 1).</returns>
    public SweepPoint BestPoint(SweepCurve curve, bool labelled)
    {
        // 1e-9 images: r · n is a whole number for many a sensible r, and must not be missed by a rounding error.
        double mostEscalated = (MaxEscalationRate * curve.Samples) + 1e-9;
        SweepPoint? best = curve.Samples <= mostEscalated ? curve.NothingExits : null;
        foreach (SweepPoint point in curve.Points)
        {
            if (curve.Samples - point.Exited <= mostEscalated && (best is null || Loss(point) <= Loss(best.Value)))
                best = point;
        }

        // The lowest confidence lets every image exit, so some point is always allowed.
        return best ?? curve.NothingExits;

        int Loss(SweepPoint point) => labelled ? point.Differences.NetLosses : point.Differences.Disagreements;
    }
}
