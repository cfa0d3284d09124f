using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Calibration.Evaluation;

namespace TinySaver.Calibration.Search;

/// <summary>Turns candidates and their curves into what a result shows.</summary>
internal static class CandidateReport
{
    /// <summary>The result of a candidate at a threshold, or without one.</summary>
    public static CandidateResult Of(
        SearchInput input, Candidate candidate, SweepCurve curve, double? threshold, bool certified, RiskLimit? limit, int? largeCorrect, int curvePoints)
    {
        OperatingPoint? point = threshold is { } t ? Point(candidate, curve, curve.At(t), largeCorrect) : null;
        CandidateVerdict verdict = point is null ? CandidateVerdict.NotCertified
            : point.DeltaC < 0 ? CandidateVerdict.Saves
            : CandidateVerdict.CostsMore;
        int? correct = CascadeSearch.CountCorrect(candidate.Saver.Classes.Span, input.Labels.Span);
        return new CandidateResult(
            candidate.Saver.Name,
            candidate.Column.Measure,
            candidate.Column.Temperature,
            candidate.CostRatio,
            correct / (double)input.Samples,
            verdict,
            certified,
            false,
            point is not null && limit is not null && Risk(limit, point) > limit.Epsilon,
            threshold,
            point,
            Thin(candidate, curve, largeCorrect, curvePoints));
    }

    private static double Risk(RiskLimit limit, OperatingPoint point) =>
        limit.Risk == RiskKind.AccuracyDrop ? point.AccuracyDrop ?? 0 : (double)point.Disagreements / point.Samples;

    public static OperatingPoint Point(Candidate candidate, SweepCurve curve, SweepPoint point, int? largeCorrect) => OperatingPoint.Of(
        curve.Samples,
        largeCorrect,
        point.Exited,
        point.Losses,
        point.Gains,
        point.Disagreements,
        point.SaverCorrect,
        point.LargeCorrect,
        candidate.DeltaC(point.Exited, curve.Samples));

    // About equal steps of the exit rate, first and last point always among them.
    private static List<CurvePoint> Thin(Candidate candidate, SweepCurve curve, int? largeCorrect, int most)
    {
        var thin = new List<CurvePoint>(most);
        ReadOnlySpan<SweepPoint> points = curve.Points;
        double nextExits = 0;
        double step = (double)curve.Samples / (most - 1);
        for (int i = 0; i < points.Length; i++)
        {
            if (points[i].Exited < nextExits && i < points.Length - 1)
                continue;

            OperatingPoint point = Point(candidate, curve, points[i], largeCorrect);
            thin.Add(new CurvePoint(
                points[i].Threshold, point.ExitRate, point.DeltaC, point.Agreement, point.AccuracyCascade, point.AccuracyDrop,
                point.ExitedAccuracySaver, point.ExitedAccuracyLarge));
            nextExits = (Math.Floor(points[i].Exited / step) + 1) * step;
        }

        return thin;
    }
}
