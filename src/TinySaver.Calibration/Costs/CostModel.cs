using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Costs;

/// <summary>Turns measured times, an exit rate and prices into money. Pure arithmetic; every number is an input.</summary>
/// <remarks>
/// Compared are two deployments that label each image of a container once: the large model alone, fed through the same queue by an event
/// subscription, and the cascade. Storing the images themselves costs the same in both and is left out.
/// </remarks>
public static class CostModel
{
    private const double Million = 1_000_000;

    // A message costs a send, a receive and a completion.
    private const double QueueOperationsPerMessage = 3;

    // Five tries, and a message that is put, got and deleted (host.json).
    private const double RunsOfPoisonedImage = 5;

    // As the exporter sends them; a test of the function apps' telemetry measures them.
    private const double TraceGigabytesPerImage = 1.64e-6;
    private const double TraceGigabytesPerEscalation = 1.53e-6;
    private const double MetricGigabytesPerInstanceMinute = 13e-6;

    private const string Memory = "from memory";
    private const string FunctionsPage = "functions pricing page, August 2026";

    /// <summary>The cost of a million images.</summary>
    /// <param name="tiny">How the tiny app works.</param>
    /// <param name="large">How the large model's container works.</param>
    /// <param name="exitRate">Share of the images that exit at the savers, in [0, 1].</param>
    /// <param name="prices">The prices.</param>
    /// <exception cref="TinySaverException">A number is out of range.</exception>
    public static CostEstimate Estimate(TinyWorkload tiny, LargeWorkload large, double exitRate, Prices prices)
    {
        Check(tiny, large, exitRate);
        double escalated = 1 - exitRate;
        double replica = Million * large.SecondsPerImage / large.Utilisation
            * (prices.Replica.Gpu + (large.VirtualCpus * prices.Replica.VirtualCpu) + (large.MemoryGibibytes * prices.Replica.Gibibyte));
        double queue = QueueOperationsPerMessage * prices.PerMillionQueueOperations;
        double runs = 1 + (RunsOfPoisonedImage * tiny.PoisonedShare);
        double triggerQueue = AnnouncementCost.OfUpload.QueueOperations * Million / 10_000 * prices.PerTenThousandStorageQueueOperations;
        double minutes = Million * tiny.SecondsPerImage / tiny.InFlight / 60;
        double logs = prices.PerGigabyteOfLogs * ((Million * tiny.TraceShare * TraceGigabytesPerImage) + (minutes * MetricGigabytesPerInstanceMinute));
        double largeLogs = prices.PerGigabyteOfLogs * Million * tiny.TraceShare * TraceGigabytesPerEscalation;
        double reads = Million / 10_000 * prices.PerTenThousandBlobReads;
        double writes = Million / 10_000 * prices.PerTenThousandTableWrites;
        double gigabyteSeconds = Million * GigabyteSecondsPerImage(tiny, prices.Function);

        // What somebody else's prices are from they say themselves.
        string Price(string known) => prices.Source == Prices.Default.Source ? known : prices.Source;
        string trigger = $"operations: source of the storage extension; price: {Price(Memory)}";

        // An escalated image is read, and its row written, once by each app.
        CostLine[] lines =
        [
            new("tiny app: memory × time", 0, runs * gigabyteSeconds * prices.Function.PerGigabyteSecond, Price(FunctionsPage)),
            new("tiny app: executions", 0, runs * prices.Function.PerMillionExecutions, Price(FunctionsPage)),
            new("tiny app: its trigger's own queue", 0, runs * triggerQueue, trigger),
            new("tiny app: its trigger's look at the image", 0, runs * reads, trigger),
            new("large model: replica time", replica, escalated * replica, Price(Memory)),
            new("escalation queue", queue, escalated * queue, Price(Memory)),
            new("events", prices.PerMillionEvents, prices.PerMillionEvents, Price(Memory)),
            new("image reads", reads, (runs + escalated) * reads, Price(Memory)),
            new("label writes", writes, (1 + escalated) * writes, Price(Memory)),
            new("logs", largeLogs, logs + (escalated * largeLogs), $"sizes: measured by a test; price: {Price(Memory)}"),
        ];
        double largeOnly = lines.Sum(l => l.LargeOnly);
        double cascade = lines.Sum(l => l.Cascade);

        // The cascade's cost is linear in the exit rate: what an exit saves is the large model's part.
        double perExit = replica + queue + reads + writes + largeLogs;
        double atNoExit = cascade + (exitRate * perExit);
        return new CostEstimate(exitRate, lines, largeOnly, cascade, largeOnly - cascade, (atNoExit - largeOnly) / perExit, prices.AsOf);
    }

    /// <summary>GB-seconds that one image is charged at the tiny app: its share of an activity, rounded up to the billing steps.</summary>
    /// <exception cref="TinySaverException">A number is out of range.</exception>
    public static double GigabyteSecondsPerImage(TinyWorkload tiny, FunctionPrices prices)
    {
        Check(tiny);
        double rounds = Math.Ceiling(tiny.ImagesPerActivity / tiny.InFlight);
        double milliseconds = Charged(1000 * rounds * tiny.SecondsPerImage, prices);
        return tiny.MemoryMegabytes / 1024.0 * milliseconds / 1000 / tiny.ImagesPerActivity;
    }

    /// <summary>The milliseconds that an activity is charged: at least the minimum, then whole steps.</summary>
    public static double Charged(double milliseconds, FunctionPrices prices)
    {
        if (milliseconds <= prices.MinimumMilliseconds)
            return prices.MinimumMilliseconds;

        // 1e-6 of a millisecond: a time that is a whole number of steps but for rounding is not charged one more.
        double steps = Math.Ceiling((milliseconds - prices.MinimumMilliseconds - 1e-6) / prices.StepMilliseconds);
        return prices.MinimumMilliseconds + (steps * prices.StepMilliseconds);
    }

    private static void Check(TinyWorkload tiny, LargeWorkload large, double exitRate)
    {
        Check(tiny);
        Require(exitRate is >= 0 and <= 1, "exit rate", exitRate, "a share of the images, between 0 and 1");
        Require(large.SecondsPerImage > 0, "large model's seconds per image", large.SecondsPerImage, "above 0");
        Require(large.Utilisation is > 0 and <= 1, "large model's utilisation", large.Utilisation, "above 0 and at most 1");
        Require(large.VirtualCpus >= 0 && large.MemoryGibibytes >= 0, "replica's size", Math.Min(large.VirtualCpus, large.MemoryGibibytes), "0 or more");
    }

    private static void Check(TinyWorkload tiny)
    {
        Require(tiny.MemoryMegabytes > 0, "tiny app's memory in MB", tiny.MemoryMegabytes, "above 0, such as 2048");
        Require(tiny.SecondsPerImage > 0, "tiny app's seconds per image", tiny.SecondsPerImage, "above 0");
        Require(tiny.InFlight >= 1, "number of images in flight", tiny.InFlight, "at least 1");
        Require(tiny.TraceShare is >= 0 and <= 1, "share of traces", tiny.TraceShare, "between 0 and 1");
        Require(tiny.PoisonedShare is >= 0 and <= 1, "share of poisoned images", tiny.PoisonedShare, "between 0 and 1");
        Require(tiny.ImagesPerActivity >= 1, "number of images per activity", tiny.ImagesPerActivity, "at least 1");
    }

    private static void Require(bool holds, string what, double value, string expected)
    {
        if (!holds)
            throw new TinySaverException(FormattableString.Invariant($"The {what} is {value}: it must be {expected}."));
    }
}

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

/// <summary>One line of a bill.</summary>
/// <param name="Item">What is paid for.</param>
/// <param name="LargeOnly">US dollars per million images with the large model alone.</param>
/// <param name="Cascade">US dollars per million images with the cascade.</param>
/// <param name="Source">Where price and amount are from.</param>
public sealed record CostLine(string Item, double LargeOnly, double Cascade, string Source);

/// <summary>How the tiny function app works through images.</summary>
/// <param name="MemoryMegabytes">Instance memory: 512, 2048 or 4096.</param>
/// <param name="SecondsPerImage">Time of one image from trigger to row, while others are in flight beside it.</param>
/// <param name="InFlight">Images that one instance works on at the same time, at least 1.</param>
/// <param name="ImagesPerActivity">Images of one period of activity, the time in which an instance is never idle; at least 1.</param>
/// <param name="TraceShare">Share of images whose traces are kept, in [0, 1].</param>
/// <param name="PoisonedShare">Share of images that fail until their tries are used up, in [0, 1].</param>
public sealed record TinyWorkload(
    int MemoryMegabytes, double SecondsPerImage, double InFlight, double ImagesPerActivity, double TraceShare = 0.05, double PoisonedShare = 0);

/// <summary>How the large model's container works through images.</summary>
/// <param name="VirtualCpus">vCPUs of a replica: 8 for Azure's T4 profile.</param>
/// <param name="MemoryGibibytes">Memory of a replica: 56 GiB for Azure's T4 profile.</param>
/// <param name="SecondsPerImage">Time of one image, a batch's time divided by its images.</param>
/// <param name="Utilisation">Share of the replica's paid time in which it works on images, in (0, 1]; the rest is starting and waiting.</param>
public sealed record LargeWorkload(double VirtualCpus, double MemoryGibibytes, double SecondsPerImage, double Utilisation);
