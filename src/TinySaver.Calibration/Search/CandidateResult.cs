using TinySaver.Core.Confidence;
using TinySaver.Calibration.Evaluation;

namespace TinySaver.Calibration.Search;

/// <summary>One saver under one measure and temperature: its best point by the search's rule, on all calibration images.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="CostRatio">The saver's cost as a share of the large model's: the exit rate at which it breaks even.</param>
/// <param name="Accuracy">Accuracy of the saver alone on all images; null without labels.</param>
/// <param name="Verdict">Whether it saves.</param>
/// <param name="Certified">Whether the guarantee holds for this very point; always false for rules without one.</param>
/// <param name="Chosen">Whether this point is the cascade that was chosen. A chain is no single candidate's.</param>
/// <param name="AboveLimit">
/// Whether the risk of this point on the calibration images is above ε of the certified rule: an estimate that nobody should pick.
/// </param>
/// <param name="Threshold">The threshold; null where the verdict is not-certified.</param>
/// <param name="Point">What a cascade with it does; null likewise.</param>
/// <param name="Curve">The candidate's thresholds from the highest down, thinned for charts.</param>
public sealed record CandidateResult(
    string Saver,
    ConfidenceMeasure Measure,
    float Temperature,
    double CostRatio,
    double? Accuracy,
    CandidateVerdict Verdict,
    bool Certified,
    bool Chosen,
    bool AboveLimit,
    double? Threshold,
    OperatingPoint? Point,
    IReadOnlyList<CurvePoint> Curve);
