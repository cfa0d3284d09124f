namespace TinySaver.Calibration.Costs;

/// <summary>The cost of a million images, with and without the cascade.</summary>
/// <param name="ExitRate">The exit rate that the cascade was costed at.</param>
/// <param name="Lines">What it is made of.</param>
/// <param name="LargeOnlyPerMillion">US dollars with the large model alone.</param>
/// <param name="CascadePerMillion">US dollars with the cascade.</param>
/// <param name="SavingPerMillion">The difference; below 0 where the cascade costs more.</param>
/// <param name="BreakEvenExitRate">The exit rate from which the cascade is cheaper; above 1 where it never is.</param>
/// <param name="PricesAsOf">The date of the prices.</param>
public sealed record CostEstimate(
    double ExitRate,
    IReadOnlyList<CostLine> Lines,
    double LargeOnlyPerMillion,
    double CascadePerMillion,
    double SavingPerMillion,
    double BreakEvenExitRate,
    DateOnly PricesAsOf);
