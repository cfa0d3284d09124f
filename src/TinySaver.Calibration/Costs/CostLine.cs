namespace TinySaver.Calibration.Costs;

/// <summary>One line of a bill.</summary>
/// <param name="Item">What is paid for.</param>
/// <param name="LargeOnly">US dollars per million images with the large model alone.</param>
/// <param name="Cascade">US dollars per million images with the cascade.</param>
public sealed record CostLine(string Item, double LargeOnly, double Cascade);
