namespace TinySaver.Calibration.Evaluation;

/// <summary>What one saver of a cascade does.</summary>
/// <param name="Name">The saver's name.</param>
/// <param name="Accuracy">Its accuracy alone, on all images; null without labels.</param>
/// <param name="Decided">Share of all images that exit at it.</param>
/// <param name="Reliability">Its calibration; null without labels or highest probabilities.</param>
/// <param name="Histogram">Its confidences (under the cascade's measure) on all images, right and wrong.</param>
public sealed record SaverEvaluation(
    string Name, double? Accuracy, double Decided, Reliability? Reliability, IReadOnlyList<HistogramBin> Histogram);
