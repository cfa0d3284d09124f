namespace TinySaver.Calibration.Evaluation;

/// <summary>A two-sided confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">The confidence: 0.95 for 95 %.</param>
public sealed record Interval(double Low, double High, double Level);
