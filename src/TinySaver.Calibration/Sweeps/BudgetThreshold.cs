namespace TinySaver.Calibration.Sweeps;

/// <summary>The threshold with the highest accuracy (without labels: the highest agreement) at a bounded escalation rate.</summary>
public static class BudgetThreshold
{
    /// <summary>The best point at which at most a share r of the images is escalated; of equal ones, that with the most exits.</summary>
    /// <param name="curve">The sweep.</param>
    /// <param name="maxEscalationRate">r, the largest share of escalated images, in [0, 1].</param>
    /// <param name="labelled">Whether the curve knows true labels; otherwise disagreements are counted instead of net losses.</param>
    /// <returns>A point of the curve, or <see cref="SweepPoint.NothingExits"/> where that is best and allowed (r = 1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">r is not in [0, 1].</exception>
    public static SweepPoint Choose(SweepCurve curve, double maxEscalationRate, bool labelled)
    {
        if (maxEscalationRate is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxEscalationRate), maxEscalationRate, "The escalation rate is a share of the images, between 0 and 1.");
        }

        // 1e-9 images: r · n is a whole number for many a sensible r, and must not be missed by a rounding error.
        double mostEscalated = (maxEscalationRate * curve.Samples) + 1e-9;
        SweepPoint? best = curve.Samples <= mostEscalated ? SweepPoint.NothingExits : null;
        foreach (SweepPoint point in curve.Points)
        {
            if (curve.Samples - point.Exited <= mostEscalated && (best is null || Harm(point) <= Harm(best.Value)))
                best = point;
        }

        // The lowest confidence lets every image exit, so some point is always allowed.
        return best ?? SweepPoint.NothingExits;

        int Harm(SweepPoint point) => labelled ? point.NetLosses : point.Disagreements;
    }
}
