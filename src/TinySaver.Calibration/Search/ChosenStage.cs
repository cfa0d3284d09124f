using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Search;

/// <summary>One saver of the chosen cascade.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="CostRatio">The saver's cost as a share of the large model's.</param>
public sealed record ChosenStage(string Saver, ConfidenceMeasure Measure, float Temperature, double Threshold, double CostRatio);
