using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Calibration.Costs;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Cli.Costs;

/// <summary>The content of a prices file: prices, and how the two apps work; <c>samples/prices.json</c> has every field with its default and its date.</summary>
/// <param name="TinyMemoryMegabytes">Memory of an instance of the tiny app in MB: 512, 2048 or 4096 (0.25, 1 or 2 vCPUs).</param>
/// <param name="TinyVirtualCpus">vCPUs of such an instance.</param>
/// <param name="TinyImagesInFlight">Images that one instance works on at the same time.</param>
/// <param name="TinyWaitingMilliseconds">Milliseconds that an image waits for storage and the table while others compute.</param>
/// <param name="ImagesPerActivity">Images of one period of activity of an instance.</param>
/// <param name="LargeVirtualCpus">vCPUs of a replica of the large app; 8 for Azure's T4 profile.</param>
/// <param name="LargeMemoryGibibytes">GiB of memory of a replica; 56 for Azure's T4 profile.</param>
/// <param name="LargeMillisecondsPerImage">Milliseconds of the large model an image on that replica; null to take what was measured on this machine's CPU.</param>
/// <param name="LargeUtilisation">Share of a replica's paid time in which it works.</param>
/// <param name="TinyTraceShare">Share of images whose traces are kept.</param>
/// <param name="TinyPoisonedShare">Share of images that fail until their tries are used up.</param>
internal sealed record MoneySettings(
    int TinyMemoryMegabytes = 2048, double TinyVirtualCpus = 1, double TinyImagesInFlight = 8, double TinyWaitingMilliseconds = 60,
    double ImagesPerActivity = 1000, double LargeVirtualCpus = 8, double LargeMemoryGibibytes = 56, double? LargeMillisecondsPerImage = null, double LargeUtilisation = 0.5,
    double TinyTraceShare = 0.05, double TinyPoisonedShare = 0)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        Converters = { new FiniteNumber() },
    };

    /// <summary>What Azure charges.</summary>
    public Prices Prices { get; init; } = Prices.Default;

    /// <summary>Reads a prices file, JSON with comments; without one the defaults hold.</summary>
    /// <exception cref="TinySaverException">The file is missing, no JSON, or has a field that is not known.</exception>
    public static MoneySettings Read(string? path)
    {
        if (path is null)
            return new();

        if (!File.Exists(path))
            throw new TinySaverException($"There is no prices file '{path}'.");

        try
        {
            return JsonSerializer.Deserialize<MoneySettings>(File.ReadAllText(path), Options)
                ?? throw new TinySaverException($"{path}: expected an object with prices; samples/prices.json shows every field.");
        }
        catch (JsonException error)
        {
            throw new TinySaverException($"{path}: the field '{error.Path?.TrimStart('$', '.')}' cannot be used (line {error.LineNumber + 1}); samples/prices.json shows every field.", error);
        }
    }

    /// <summary>The tiny app's work, given the CPU milliseconds of an image.</summary>
    /// <remarks>With more images in flight than the CPU can serve, an image takes as long as all of them need in turn.</remarks>
    public TinyWorkload Tiny(double cpuMilliseconds)
    {
        double computing = cpuMilliseconds * TinyImagesInFlight / TinyVirtualCpus;
        return new(
            TinyMemoryMegabytes, Math.Max(computing, cpuMilliseconds + TinyWaitingMilliseconds) / 1000, TinyImagesInFlight, ImagesPerActivity, TinyTraceShare, TinyPoisonedShare);
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
