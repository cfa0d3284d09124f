namespace TinySaver.Calibration.Watch;

/// <summary>Where a watch stands.</summary>
/// <param name="Plan">What it watches.</param>
/// <param name="Counts">What it has seen.</param>
/// <param name="Wealth">What its bets have won, in its own order.</param>
public sealed record WatchState(WatchPlan Plan, WatchCounts Counts, IReadOnlyList<IReadOnlyList<double>> Wealth);

/// <summary>What a watch has seen.</summary>
public sealed record WatchCounts
{
    /// <summary>Audits.</summary>
    public long Audits { get; init; }

    /// <summary>Of those, images that the policy answers otherwise than the large model.</summary>
    public long Differences { get; init; }

    /// <summary>Of those, images that the policy lets exit at a saver.</summary>
    public long Exits { get; init; }

    /// <summary>When the first audit was; null before it.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>When the last audit was.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>When the alarm was given; it stays for as long as the watch lasts.</summary>
    public DateTimeOffset? BrokenSince { get; init; }

    /// <summary>When the exit rate was found to be another than the one measured.</summary>
    public DateTimeOffset? ExitsDriftSince { get; init; }

    /// <summary>When the mix of classes was found to be another.</summary>
    public DateTimeOffset? ClassesDriftSince { get; init; }

    /// <summary>When differences most likely became more frequent, if they did: an estimate.</summary>
    public DateTimeOffset? ChangeAt { get; init; }

    /// <summary>Audits since then.</summary>
    public long ChangeAudits { get; init; }

    /// <summary>Differences since then.</summary>
    public long ChangeDifferences { get; init; }

    /// <summary>How much speaks for a change then; 0 and less for none.</summary>
    public double ChangeScore { get; init; }
}
