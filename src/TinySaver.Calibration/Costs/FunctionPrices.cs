namespace TinySaver.Calibration.Costs;

/// <summary>Prices of a Flex Consumption function app and its billing steps.</summary>
/// <param name="PerGigabyteSecond">US dollars for one GB of instance memory during one second of activity.</param>
/// <param name="PerMillionExecutions">US dollars for a million executions.</param>
/// <param name="MinimumMilliseconds">The shortest activity that is charged.</param>
/// <param name="StepMilliseconds">Activities above the minimum are charged in steps of this length.</param>
public sealed record FunctionPrices(double PerGigabyteSecond, double PerMillionExecutions, double MinimumMilliseconds, double StepMilliseconds);
