using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;

namespace TinySaver.Cli.Plan;

/// <summary>What the large model runs on; the values of <c>TINYSAVER_GPU</c>.</summary>
internal enum GpuKind
{
    /// <summary>CPUs.</summary>
    None,

    /// <summary>An NVIDIA T4.</summary>
    T4,

    /// <summary>An NVIDIA A100.</summary>
    A100,
}

/// <summary>A deployment's hardware and settings as <c>infra/</c> has them; a test compares both.</summary>
internal static class Deployed
{
    /// <summary>A replica's size, and its price by the second.</summary>
    public static (ReplicaSize Size, Prices Prices) Replica(GpuKind gpu, Prices prices) => gpu switch
    {
        GpuKind.T4 => (new(8, 56), prices),
        // The default is a T4's price; somebody else's own is meant for what they ask of.
        GpuKind.A100 => (new(24, 220), prices.Replica.Gpu == Prices.T4PerSecond ? prices with { Replica = prices.Replica with { Gpu = Prices.A100PerSecond } } : prices),
        _ => (new(4, 8), prices with { Replica = prices.Replica with { Gpu = 0 } }),
    };

    /// <summary>The vCPUs of a tiny instance; null where there is none of that memory.</summary>
    public static double? VirtualCpus(int memoryMegabytes) => memoryMegabytes switch { 512 => 0.25, 2048 => 1, 4096 => 2, _ => null };

    /// <summary>What to type to deploy it so.</summary>
    public static IReadOnlyList<string> Commands(GpuKind gpu, PlanOutcome outcome)
    {
        (TinySettings tiny, LargeSettings large) = (outcome.Tiny!, outcome.Large);
        (string Name, object Value)[] settings =
        [
            ("TINYSAVER_GPU", gpu == GpuKind.None ? "none" : gpu),
            ("TINYSAVER_TINY_MEMORY_MB", tiny.MemoryMegabytes),
            ("TINYSAVER_TINY_MAX_INSTANCES", tiny.MaximumInstances),
            ("TINYSAVER_LARGE_BATCH_SIZE", large.Batch),
            ("TINYSAVER_LARGE_MAX_REPLICAS", large.MaximumReplicas),
            ("TINYSAVER_LARGE_MIN_REPLICAS", large.MinimumReplicas),
            ("TINYSAVER_LARGE_MESSAGES_PER_REPLICA", large.MessagesPerReplica),
        ];
        return [.. settings.Select(s => FormattableString.Invariant($"azd env set {s.Name} {s.Value}")), FormattableString.Invariant($"# in the tiny app's settings: TinySaver__Pipeline__ImagesInFlight={tiny.InFlight}")];
    }
}
