using TinySaver.Core.Confidence;

namespace TinySaver.Reports;

/// <summary>One saver of the cascade that a report tells of.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="Threshold">The exit threshold.</param>
internal sealed record ReportStage(string Saver, ConfidenceMeasure Measure, float Temperature, double Threshold);
