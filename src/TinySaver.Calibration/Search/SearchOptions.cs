using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>What a search may build and report, whatever its rule.</summary>
public sealed record SearchOptions
{
    /// <summary>The most savers in a row, 1 or 2. Default 1. With 2, a chain is taken only where it lowers ΔC further.</summary>
    public int MaxSavers { get; init; } = 1;

    /// <summary>The most points of each candidate's curve in the result. Default 200.</summary>
    public int CurvePoints { get; init; } = 200;

    internal void Check(SearchRule rule)
    {
        if (MaxSavers is not (1 or 2))
            throw new TinySaverException($"{MaxSavers} savers in a row were asked for: the search builds chains of 1 or 2.");
        if (MaxSavers > 1 && rule is not (CertifiedRule or PaperRule))
            throw new TinySaverException($"The {rule.Name} rule sets one threshold: chains are searched with the certified and the paper rule.");
        if (CurvePoints < 2)
            throw new TinySaverException($"{CurvePoints} curve points were asked for: a curve needs at least 2.");
    }
}
