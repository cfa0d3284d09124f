namespace TinySaver.Calibration.Search;

/// <summary>One threshold of a candidate, for charts; accuracies are null where labels are unknown.</summary>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="ExitRate">Share of images that exit.</param>
/// <param name="DeltaC">ΔC.</param>
/// <param name="Agreement">Share of all images on which cascade and large model agree.</param>
/// <param name="AccuracyCascade">Accuracy of the cascade on all images.</param>
/// <param name="AccuracyDrop">Accuracy of the large model alone less that.</param>
/// <param name="ExitedAccuracySaver">Accuracy of the saver on the exited images.</param>
/// <param name="ExitedAccuracyLarge">Accuracy of the large model on the exited images.</param>
public sealed record CurvePoint(
    double Threshold,
    double ExitRate,
    double DeltaC,
    double Agreement,
    double? AccuracyCascade,
    double? AccuracyDrop,
    double? ExitedAccuracySaver,
    double? ExitedAccuracyLarge);
