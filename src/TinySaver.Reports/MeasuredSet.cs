using TinySaver.Calibration.Evaluation;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports;

/// <summary>What a cascade did on one set of images, wherever that is recorded. Accuracies are null without labels.</summary>
/// <param name="Samples">Number of images.</param>
/// <param name="AccuracyLarge">Accuracy of the large model alone.</param>
/// <param name="AccuracyCascade">Accuracy of the cascade.</param>
/// <param name="AccuracyDrop">The first less the second.</param>
/// <param name="Agreement">Share of the images on which the two agree; null where a policy does not say.</param>
/// <param name="ExitRate">Share of the images that exit at a saver.</param>
/// <param name="DeltaC">ΔC.</param>
internal sealed record MeasuredSet(
    int Samples, double? AccuracyLarge, double? AccuracyCascade, double? AccuracyDrop, double? Agreement, double ExitRate, double DeltaC)
{
    /// <summary>What a search or an evaluation measured.</summary>
    public static MeasuredSet Of(OperatingPoint point) => new(
        point.Samples, point.AccuracyLarge, point.AccuracyCascade, point.AccuracyDrop, point.Agreement, point.ExitRate, point.DeltaC);

    /// <summary>What a policy's file says.</summary>
    public static MeasuredSet Of(PolicyMeasurement measurement) => new(
        measurement.Samples,
        measurement.AccuracyLarge,
        measurement.AccuracyCascade,
        measurement.AccuracyDrop,
        1 - measurement.Disagreement,
        measurement.ExitRate,
        measurement.DeltaC);
}
