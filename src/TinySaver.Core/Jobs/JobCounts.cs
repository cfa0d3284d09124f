using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;

namespace TinySaver.Core.Jobs;

/// <summary>What became of images of a job. Sums of parts are exact: every image is counted in one chunk, once.</summary>
public sealed record JobCounts
{
    /// <summary>Chunks that are done.</summary>
    public int Chunks { get; init; }

    /// <summary>Images that are done or wait for the large model only.</summary>
    public long Images { get; init; }

    /// <summary>Of these, images that had their row before the job.</summary>
    public long Skipped { get; init; }

    /// <summary>Images that the tiny model labelled.</summary>
    public long Tiny { get; init; }

    /// <summary>Images that the large model labelled.</summary>
    public long Large { get; init; }

    /// <summary>Images whose tiny label was accepted below the threshold because of overload.</summary>
    public long Degraded { get; init; }

    /// <summary>Images that wait for the large model.</summary>
    public long Waiting { get; init; }

    /// <summary>Images that failed.</summary>
    public long Failed { get; init; }

    /// <summary>The failed ones by reason.</summary>
    public IReadOnlyDictionary<string, long> FailedByReason { get; init; } = Empty;

    /// <summary>All by the policy of their row; those without one are left out.</summary>
    public IReadOnlyDictionary<string, long> Policies { get; init; } = Empty;

    /// <summary>Multiply-accumulate operations that the cascade spent on images that were not skipped.</summary>
    public long Macs { get; init; }

    /// <summary>Multiply-accumulate operations that the large model alone would have spent on those of them that have a label.</summary>
    public long LargeOnlyMacs { get; init; }

    /// <summary>US dollars that the same images cost less than with the large model alone; below 0 where they cost more, null where no prices are known.</summary>
    public double? UsdSaved { get; init; }

    /// <summary>Share of the images that the savers were asked about and that exited; null where there are none.</summary>
    [JsonIgnore]
    public double? ExitRate => Tiny + Large + Waiting is > 0 and long asked ? Tiny / (double)asked : null;

    /// <summary>Share of the large model's compute that was saved; null where that is not known, so while images wait for it.</summary>
    [JsonIgnore]
    public double? ComputeSaved => Waiting == 0 && LargeOnlyMacs > 0 ? 1 - (Macs / (double)LargeOnlyMacs) : null;

    /// <summary>US dollars that were saved; null where that is not known, so while images wait.</summary>
    [JsonIgnore]
    public double? MoneySaved => Waiting == 0 ? UsdSaved : null;

    private static readonly IReadOnlyDictionary<string, long> Empty = new Dictionary<string, long>();

    /// <summary>The counts of one image.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="skipped">Whether it had it before the job.</param>
    /// <param name="macs">What the cascade spent on it.</param>
    /// <param name="largeMacs">What the large model spends on an image.</param>
    /// <param name="prices">What an image costs; null where that is not known.</param>
    public static JobCounts Of(LabelRow row, bool skipped, long macs, long largeMacs, JobPrices? prices = null)
    {
        bool labelled = row.Status == LabelStatus.Labelled;
        return new()
        {
            Images = 1,
            Skipped = skipped ? 1 : 0,
            Tiny = labelled && row.DecidedBy == Decider.Tiny ? 1 : 0,
            Large = labelled && row.DecidedBy == Decider.Large ? 1 : 0,
            Degraded = row.Degraded ? 1 : 0,
            Waiting = row.Status == LabelStatus.Escalated ? 1 : 0,
            Failed = row.Status == LabelStatus.Failed ? 1 : 0,
            FailedByReason = row.Status == LabelStatus.Failed ? One((row.Reason ?? FailureReason.Unknown).Name()) : Empty,
            Policies = row.Policy is { } policy ? One(policy) : Empty,
            Macs = skipped ? 0 : macs,
            LargeOnlyMacs = labelled && !skipped ? largeMacs : 0,
            UsdSaved = skipped ? prices is null ? null : 0 : prices?.Saved(row),
        };
    }

    /// <summary>The counts of all parts together.</summary>
    public static JobCounts Sum(IEnumerable<JobCounts> parts)
    {
        JobCounts[] all = [.. parts];
        return new()
        {
            Chunks = all.Sum(p => p.Chunks),
            Images = all.Sum(p => p.Images),
            Skipped = all.Sum(p => p.Skipped),
            Tiny = all.Sum(p => p.Tiny),
            Large = all.Sum(p => p.Large),
            Degraded = all.Sum(p => p.Degraded),
            Waiting = all.Sum(p => p.Waiting),
            Failed = all.Sum(p => p.Failed),
            FailedByReason = Sum(all.Select(p => p.FailedByReason)),
            Policies = Sum(all.Select(p => p.Policies)),
            Macs = all.Sum(p => p.Macs),
            LargeOnlyMacs = all.Sum(p => p.LargeOnlyMacs),
            UsdSaved = all.Any(p => p.UsdSaved is not null) ? all.Sum(p => p.UsdSaved) : null,
        };
    }

    /// <summary>Whether more of the images failed than a job allows.</summary>
    /// <param name="failAfterPercent">The share it allows, in percent; null for any.</param>
    /// <param name="least">Counts as so many images where there are fewer, so that the first bad ones of a good job do not stop it.</param>
    public bool Exceeds(double? failAfterPercent, long least = 1) =>
        failAfterPercent is { } percent && 100.0 * Failed > percent * Math.Max(Images, least);

    /// <summary>The counts as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JobJsonContext.Default.JobCounts);

    /// <summary>The counts that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static JobCounts Parse(string json) =>
        JsonSerializer.Deserialize(json, JobJsonContext.Default.JobCounts) ?? throw new JsonException("The counts are null.");

    private static Dictionary<string, long> One(string key) => new() { [key] = 1 };

    private static SortedDictionary<string, long> Sum(IEnumerable<IReadOnlyDictionary<string, long>> parts)
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string key, long count) in parts.SelectMany(p => p))
            sum[key] = sum.GetValueOrDefault(key) + count;

        return sum;
    }
}

/// <summary>What images of batch jobs cost, in US dollars a million.</summary>
/// <param name="Images">An image at the tiny app.</param>
/// <param name="Escalations">What an escalated one costs on top.</param>
/// <param name="LargeOnly">An image with the large model alone.</param>
public sealed record JobPrices(double Images, double Escalations, double LargeOnly)
{
    /// <summary>What an image with such a row cost less than with the large model alone.</summary>
    public double Saved(LabelRow row) => ((row.Status == LabelStatus.Labelled ? LargeOnly : 0) - Images - (row.LargeLabel is null ? 0 : Escalations)) / 1e6;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobCounts))]
internal sealed partial class JobJsonContext : JsonSerializerContext;
