using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Evaluation;

/// <summary>A promise made at calibration, held against other images.</summary>
/// <param name="Risk">What was promised about.</param>
/// <param name="Epsilon">The promised bound.</param>
/// <param name="Delta">The probability with which it may fail.</param>
/// <param name="Observed">The risk on these images.</param>
/// <param name="Interval">Its confidence interval.</param>
/// <param name="Verdict">Whether it held.</param>
public sealed record PromiseCheck(RiskKind Risk, double Epsilon, double Delta, double Observed, Interval Interval, PromiseVerdict Verdict);
