using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Status;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.Counting;

/// <summary>The figures of the account.</summary>
/// <param name="Status">What <c>tinysaver status</c> says.</param>
/// <param name="ImagesPerSecond">Rows written in the last ten seconds, a second.</param>
/// <param name="ExitRate">Share of the images that the savers were asked about and that exited; null where there are none.</param>
/// <param name="ComputeSaved">Share of the large model's compute that the labels spared; null where it is not known.</param>
/// <param name="Macs">Mean multiply-accumulate operations of a labelled image; null where not known.</param>
/// <param name="LargeMacs">Those of the large model alone.</param>
/// <param name="UsdSaved">US dollars that the images cost less than with the large model alone; null where not known.</param>
/// <param name="UsdEstimated">Whether prices and times are estimates, not the settings'.</param>
/// <param name="OtherPolicy">Rows that another policy than the present one decided.</param>
/// <param name="Reviews">Images that somebody has judged.</param>
/// <param name="Jobs">The batch jobs, unfinished ones first, then the latest.</param>
/// <param name="Problem">What could not be read; null where all was.</param>
/// <param name="Reading">Rows read so far, while the first reading lasts; null afterwards.</param>
internal sealed record Overview(
    StatusReport Status, double ImagesPerSecond, double? ExitRate, double? ComputeSaved, double? Macs, long? LargeMacs, double? UsdSaved, bool UsdEstimated,
    long OtherPolicy, int Reviews, IReadOnlyList<JobCard> Jobs, string? Problem = null, long? Reading = null);

/// <summary>A batch job on the page.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it stopped before its end.</param>
/// <param name="Images">Its images as far as they are listed.</param>
/// <param name="Done">Of these, images with a final row.</param>
/// <param name="Failed">Of these, images that failed.</param>
/// <param name="Waiting">Of these, images that wait for the large model.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
internal sealed record JobCard(string Id, JobState State, string? Reason, long Images, long Done, long Failed, long Waiting, DateTimeOffset SubmittedAt)
{
    /// <summary>The card of a job.</summary>
    public static JobCard Of(StoredJob job)
    {
        JobCounts counts = job.Row.Counts ?? job.Counts;
        return new(job.Row.Id, job.Row.State, job.Row.Reason, job.Row.Images, counts.Tiny + counts.Large + counts.Failed, counts.Failed, counts.Waiting, job.Row.SubmittedAt);
    }
}

/// <summary>Adds up what a cascade spent and saved.</summary>
internal sealed class Savings(KnownPolicy? policy, JobPrices? prices)
{
    private long _all;
    private long _labelled;
    private long _withLarge;
    private long _asked;
    private long _exited;
    private long _macs;

    /// <summary>Counts a row.</summary>
    public void Add(in RowFacts row, string? tinyModel)
    {
        _all++;
        _withLarge += row.HasLarge ? 1 : 0;
        if (row.Status.Status != Core.Labels.LabelStatus.Failed)
        {
            _asked++;
            _exited += row.IsLabelled && row.Status.DecidedBy == Core.Labels.Decider.Tiny ? 1 : 0;
        }

        if (!row.IsLabelled)
            return;

        _labelled++;
        _macs += policy?.Macs(policy.SaversAsked(tinyModel), row.HasLarge) ?? 0;
    }

    /// <summary>Share of the images that exited.</summary>
    public double? ExitRate => _asked == 0 ? null : _exited / (double)_asked;

    /// <summary>Mean operations of a labelled image.</summary>
    public double? Macs => policy is { KnowsMacs: true } && _labelled > 0 ? _macs / (double)_labelled : null;

    /// <summary>Operations of the large model for one image.</summary>
    public long? LargeMacs => policy?.Policy.Large.Macs;

    /// <summary>Share of the large model's compute that was saved.</summary>
    public double? ComputeSaved => Macs is { } macs && LargeMacs is > 0 and { } large ? 1 - (macs / large) : null;

    /// <summary>US dollars that were saved.</summary>
    public double? UsdSaved => prices is null || _all == 0 ? null : ((_labelled * prices.LargeOnly) - (_all * prices.Images) - (_withLarge * prices.Escalations)) / 1e6;
}
