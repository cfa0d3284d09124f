using TinySaver.Calibration.Costs;

namespace TinySaver.Calibration.Planning;

/// <summary>The bill of a month of 30 days like the simulated ones.</summary>
public static class MonthlyCost
{
    /// <summary>Days of a month.</summary>
    public const double Days = 30;

    private const double Million = 1_000_000;

    /// <summary>US dollars a month, line by line.</summary>
    /// <param name="outcome">The simulated time.</param>
    /// <param name="arrivals">Its uploads.</param>
    /// <param name="size">vCPUs and GiB of a replica.</param>
    /// <param name="tiny">What is known of the tiny app beside the simulation: the shares of traces and of poisoned images.</param>
    /// <param name="prices">The prices.</param>
    public static IReadOnlyList<MonthLine> Of(PlanOutcome outcome, Arrivals arrivals, ReplicaSize size, TinyWorkload tiny, Prices prices)
    {
        // The cost model knows a share of a workload's seconds for each image; the simulation has measured them. One image at least counts
        // as escalated, so that replicas that never sleep are paid for where none is.
        double escalated = Math.Max(1.0, outcome.Escalated.Count);
        double images = Math.Max(outcome.Latency.Count, escalated);
        var large = new LargeWorkload(size.VirtualCpus, size.MemoryGibibytes, Math.Max(outcome.LargeUse.InstanceSeconds, double.Epsilon) / escalated, Utilisation: 1);
        TinyWorkload measured = outcome is { Tiny: { } settings, TinyUse: { } use }
            ? tiny with { MemoryMegabytes = settings.MemoryMegabytes, SecondsPerImage = use.ChargedSeconds / images, InFlight = 1, ImagesPerActivity = Million }
            : tiny;
        CostEstimate estimate = CostModel.Estimate(measured, large, 1 - (escalated / images), prices);
        double months = images / Million * Days * Arrivals.Day / arrivals.Seconds;
        return [.. estimate.Lines.Select(l => new MonthLine(l.Item, months * (outcome.Tiny is null ? l.LargeOnly : l.Cascade), l.Source))];
    }
}

/// <summary>What a replica has.</summary>
/// <param name="VirtualCpus">vCPUs.</param>
/// <param name="MemoryGibibytes">GiB of memory.</param>
public sealed record ReplicaSize(double VirtualCpus, double MemoryGibibytes);

/// <summary>One line of a month's bill.</summary>
/// <param name="Item">What is paid for.</param>
/// <param name="Dollars">US dollars a month.</param>
/// <param name="Source">Where price and amount are from.</param>
public sealed record MonthLine(string Item, double Dollars, string Source);
