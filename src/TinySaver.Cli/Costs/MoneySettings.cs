using TinySaver.Calibration.Costs;
using TinySaver.Cli.Predictions;

namespace TinySaver.Cli.Costs;

/// <summary>The content of a prices file: prices, and how the two apps work.</summary>
internal sealed record MoneySettings
{
    /// <summary>What Azure charges.</summary>
    public Prices Prices { get; init; } = Prices.Default;

    /// <summary>Memory of an instance of the tiny app in MB: 512, 2048 or 4096 (0.25, 1 or 2 vCPUs).</summary>
    public int TinyMemoryMegabytes { get; init; } = 2048;

    /// <summary>vCPUs of such an instance.</summary>
    public double TinyVirtualCpus { get; init; } = 1;

    /// <summary>Images that one instance works on at the same time.</summary>
    public double TinyImagesInFlight { get; init; } = 8;

    /// <summary>Milliseconds that an image waits for storage and the table while others compute.</summary>
    public double TinyWaitingMilliseconds { get; init; } = 60;

    /// <summary>Images of one period of activity of an instance.</summary>
    public double ImagesPerActivity { get; init; } = 1000;

    /// <summary>vCPUs of a replica of the large app; 8 for Azure's T4 profile.</summary>
    public double LargeVirtualCpus { get; init; } = 8;

    /// <summary>GiB of memory of a replica; 56 for Azure's T4 profile.</summary>
    public double LargeMemoryGibibytes { get; init; } = 56;

    /// <summary>Milliseconds of the large model an image on that replica; null to take what was measured on this machine's CPU.</summary>
    public double? LargeMillisecondsPerImage { get; init; }

    /// <summary>Share of a replica's paid time in which it works.</summary>
    public double LargeUtilisation { get; init; } = 0.5;

    /// <summary>The tiny app's work, given the CPU milliseconds of an image.</summary>
    /// <remarks>With more images in flight than the CPU can serve, an image takes as long as all of them need in turn.</remarks>
    public TinyWorkload Tiny(double cpuMilliseconds)
    {
        double computing = cpuMilliseconds * TinyImagesInFlight / TinyVirtualCpus;
        return new(TinyMemoryMegabytes, Math.Max(computing, cpuMilliseconds + TinyWaitingMilliseconds) / 1000, TinyImagesInFlight, ImagesPerActivity);
    }

    /// <summary>The bill for a million images; null where a model's time is not known.</summary>
    /// <remarks>The tiny app is taken to run every saver of a chain on every image, which is on the safe side.</remarks>
    public CostEstimate? Estimate(IReadOnlyList<PredictionSet> savers, PredictionSet large, double exitRate) =>
        savers.All(s => s.Milliseconds is not null) && (LargeMillisecondsPerImage ?? large.Milliseconds) is { } milliseconds
            ? CostModel.Estimate(Tiny(savers.Sum(s => s.Milliseconds!.Value)), Large(milliseconds), exitRate, Prices)
            : null;

    /// <summary>The large app's work, given the milliseconds that were measured.</summary>
    public LargeWorkload Large(double measuredMilliseconds) =>
        new(LargeVirtualCpus, LargeMemoryGibibytes, (LargeMillisecondsPerImage ?? measuredMilliseconds) / 1000, LargeUtilisation);
}
