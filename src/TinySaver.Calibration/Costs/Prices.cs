namespace TinySaver.Calibration.Costs;

/// <summary>What Azure charges, in US dollars before tax. An input: check the defaults against your region and agreement.</summary>
/// <param name="AsOf">The date of the prices.</param>
/// <param name="Source">Where they are from.</param>
/// <param name="Function">The tiny function app.</param>
/// <param name="Replica">The large model's container.</param>
/// <param name="PerTenThousandBlobReads">US dollars for 10,000 read operations on blobs (hot tier, locally redundant).</param>
/// <param name="PerTenThousandTableWrites">US dollars for 10,000 writes to tables.</param>
/// <param name="PerMillionQueueOperations">US dollars for a million Service Bus operations (standard tier).</param>
/// <param name="PerMillionEvents">US dollars for a million Event Grid operations.</param>
public sealed record Prices(
    DateOnly AsOf,
    string Source,
    FunctionPrices Function,
    ReplicaPrices Replica,
    double PerTenThousandBlobReads,
    double PerTenThousandTableWrites,
    double PerMillionQueueOperations,
    double PerMillionEvents)
{
    /// <summary>US dollars for 10,000 operations on Storage queues. From memory.</summary>
    public double PerTenThousandStorageQueueOperations { get; init; } = 0.004;

    /// <summary>US dollars for 10,000 writes or listings of blobs (hot tier, locally redundant). From memory.</summary>
    public double PerTenThousandBlobWrites { get; init; } = 0.05;

    /// <summary>US dollars for a gigabyte of logs, traces and metrics. From memory.</summary>
    public double PerGigabyteOfLogs { get; init; } = 2.30;

    /// <summary>GPU price of an NVIDIA T4 on Azure Container Apps, US dollars per second.</summary>
    public const double T4PerSecond = 0.000072;

    /// <summary>GPU price of an NVIDIA A100 on Azure Container Apps, US dollars per second.</summary>
    public const double A100PerSecond = 0.000528;

    /// <summary>
    /// Pay-as-you-go list prices of a US region. The function's are Azure's published ones (functions pricing page, August 2026); the others,
    /// the GPU's above all, are the public list as last known and should be replaced by your own.
    /// </summary>
    /// <remarks>Free monthly grants are left out: at millions of images they vanish.</remarks>
    public static Prices Default { get; } = new(
        AsOf: new DateOnly(2026, 8, 1),
        Source: "Azure pay-as-you-go list prices, US region, as last known; replace by your own",
        Function: new FunctionPrices(PerGigabyteSecond: 0.000026, PerMillionExecutions: 0.40, MinimumMilliseconds: 1000, StepMilliseconds: 100),
        Replica: new ReplicaPrices(Gpu: T4PerSecond, VirtualCpu: 0.000024, Gibibyte: 0.000003),
        PerTenThousandBlobReads: 0.004,
        PerTenThousandTableWrites: 0.00036,
        PerMillionQueueOperations: 0.80,
        PerMillionEvents: 0.60);
}

/// <summary>Prices of a Flex Consumption function app and its billing steps.</summary>
/// <param name="PerGigabyteSecond">US dollars for one GB of instance memory during one second of activity.</param>
/// <param name="PerMillionExecutions">US dollars for a million executions.</param>
/// <param name="MinimumMilliseconds">The shortest activity that is charged.</param>
/// <param name="StepMilliseconds">Activities above the minimum are charged in steps of this length.</param>
public sealed record FunctionPrices(double PerGigabyteSecond, double PerMillionExecutions, double MinimumMilliseconds, double StepMilliseconds);

/// <summary>Prices of one replica of a container app, per second that it runs.</summary>
/// <param name="Gpu">US dollars per GPU second; 0 without a GPU.</param>
/// <param name="VirtualCpu">US dollars per vCPU second.</param>
/// <param name="Gibibyte">US dollars per GiB of memory and second.</param>
public sealed record ReplicaPrices(double Gpu, double VirtualCpu, double Gibibyte);
