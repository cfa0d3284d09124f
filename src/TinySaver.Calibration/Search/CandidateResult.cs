using System.Text.Json.Serialization;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>One saver under one measure and temperature: its best point by the search's rule, on all calibration images.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="CostRatio">The saver's cost as a share of the large model's: the exit rate at which it breaks even.</param>
/// <param name="Accuracy">Accuracy of the saver alone on all images; null unless all labels are known.</param>
/// <param name="Verdict">Whether it saves.</param>
/// <param name="Certified">Whether the guarantee holds for this very point; always false for rules without one.</param>
/// <param name="Chosen">Whether this point is the cascade that was chosen. A chain is no single candidate's.</param>
/// <param name="AboveLimit">
/// Whether the risk of this point on the calibration images is above ε of the certified rule: an estimate that nobody should pick.
/// </param>
/// <param name="Threshold">The threshold; null where the verdict is not-certified.</param>
/// <param name="Point">What a cascade with it does; null likewise.</param>
/// <param name="LargeWeights">The weights by which the large model's answers are pooled with the saver's; null where it answers alone.</param>
/// <param name="Curve">The candidate's thresholds from the highest down, thinned for charts.</param>
public sealed record CandidateResult(
    string Saver, ConfidenceMeasure Measure, float Temperature, double CostRatio, double? Accuracy, CandidateVerdict Verdict,
    bool Certified, bool Chosen, bool AboveLimit, double? Threshold, OperatingPoint? Point, IReadOnlyList<double>? LargeWeights,
    IReadOnlyList<CurvePoint> Curve);

/// <summary>What a search thinks of one candidate.</summary>
[JsonConverter(typeof(EnumNameConverter<CandidateVerdict>))]
public enum CandidateVerdict
{
    /// <summary>At its threshold it saves compute: ΔC &lt; 0.</summary>
    [JsonStringEnumMemberName("saves")]
    Saves,

    /// <summary>At its threshold it costs as much as it saves, or more: ΔC ≥ 0.</summary>
    [JsonStringEnumMemberName("costs-more")]
    CostsMore,

    /// <summary>No threshold keeps (or, for a candidate that was not chosen for certification, seems to keep) the promise.</summary>
    [JsonStringEnumMemberName("not-certified")]
    NotCertified,
}

/// <summary>One threshold of a candidate, for charts; accuracies are null unless all labels are known.</summary>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="ExitRate">Share of images that exit.</param>
/// <param name="DeltaC">ΔC.</param>
/// <param name="Agreement">Share of all images on which cascade and large model agree.</param>
/// <param name="AccuracyCascade">Accuracy of the cascade on all images.</param>
/// <param name="AccuracyDrop">Accuracy of the large model alone less that; where some labels are unknown, the most that it can be.</param>
/// <param name="ExitedAccuracySaver">Accuracy of the saver on the exited images.</param>
/// <param name="ExitedAccuracyLarge">Accuracy of the large model on the exited images.</param>
public sealed record CurvePoint(
    double Threshold, double ExitRate, double DeltaC, double Agreement, double? AccuracyCascade, double? AccuracyDrop,
    double? ExitedAccuracySaver, double? ExitedAccuracyLarge);

/// <summary>Turns candidates and their curves into what a result shows.</summary>
internal static class CandidateResults
{
    /// <summary>The result of a candidate at a threshold, or without one.</summary>
    public static CandidateResult Of(
        Candidate candidate, SweepCurve curve, Labelling labelling, double? threshold, bool certified, Guarantee? guarantee, int curvePoints)
    {
        OperatingPoint? point = threshold is { } t ? Point(candidate, curve, curve.At(t), labelling) : null;
        CandidateVerdict verdict = point is null ? CandidateVerdict.NotCertified
            : point.DeltaC < 0 ? CandidateVerdict.Saves
            : CandidateVerdict.CostsMore;
        return new CandidateResult(
            candidate.Saver.Name,
            candidate.Column.Measure,
            candidate.Column.Temperature,
            candidate.CostRatio,
            labelling == Labelling.All ? curve.Points[^1].SaverCorrect / (double)curve.Samples : null,
            verdict,
            certified,
            false,
            point is not null && guarantee?.Observed(point.Differences, point.Samples) > guarantee?.Epsilon,
            threshold,
            point,
            candidate.Escalated?.Answers.Weights,
            Thin(candidate, curve, labelling, curvePoints));
    }

    // At a curve's last point every image exits, so its counts are those of all.
    private static OperatingPoint Point(Candidate candidate, SweepCurve curve, SweepPoint point, Labelling labelling) => OperatingPoint.Of(
        curve.Samples,
        labelling,
        curve.Points[^1].LargeCorrect,
        point.Exited,
        point.Differences,
        point.SaverCorrect,
        point.LargeCorrect,
        candidate.DeltaC(point.Exited, curve.Samples));

    // About equal steps of the exit rate, first and last point always among them.
    private static List<CurvePoint> Thin(Candidate candidate, SweepCurve curve, Labelling labelling, int most)
    {
        var thin = new List<CurvePoint>(most);
        ReadOnlySpan<SweepPoint> points = curve.Points;
        double nextExits = 0;
        double step = (double)curve.Samples / (most - 1);
        for (int i = 0; i < points.Length; i++)
        {
            if (points[i].Exited < nextExits && i < points.Length - 1)
                continue;

            OperatingPoint point = Point(candidate, curve, points[i], labelling);
            thin.Add(new CurvePoint(
                points[i].Threshold, point.ExitRate, point.DeltaC, point.Agreement, point.AccuracyCascade, point.AccuracyDrop,
                point.ExitedAccuracySaver, point.ExitedAccuracyLarge));
            nextExits = (Math.Floor(points[i].Exited / step) + 1) * step;
        }

        return thin;
    }
}
