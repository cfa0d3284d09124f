using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinySaver.Core.Jobs;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Jobs;

/// <summary>What a job says of itself: in <c>summary.json</c> at its end, and to whoever asks before.</summary>
public static class JobSummary
{
    /// <summary>The file's name; that it was written says that the job is finished.</summary>
    public const string FileName = "summary.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The summary as UTF-8 JSON.</summary>
    /// <param name="job">The job with its final counts.</param>
    /// <param name="parts">Its result files.</param>
    public static byte[] Write(JobRow job, IReadOnlyList<string> parts)
    {
        JsonObject summary = Of(job, job.Counts ?? new());
        summary["results"] = new JsonArray([.. parts.Select(p => (JsonNode)p)]);
        return JsonSerializer.SerializeToUtf8Bytes(summary, Indented);
    }

    /// <summary>Where a job stands, as JSON.</summary>
    public static string Write(StoredJob job) => Of(job.Row, job.Row.Counts ?? job.Counts).ToJsonString(Indented);

    private static JsonObject Of(JobRow job, JobCounts counts) => new()
    {
        ["v"] = JobRequest.FormatVersion,
        ["id"] = job.Id,
        ["state"] = job.State.Name(),
        ["reason"] = job.Reason,
        ["request"] = Request(job.Request),
        ["policies"] = Counts(counts.Policies),
        ["images"] = job.Images,
        ["labelled"] = counts.Tiny + counts.Large,
        ["labelledByTiny"] = counts.Tiny,
        ["labelledByLarge"] = counts.Large,
        ["degraded"] = counts.Degraded,
        ["labelledBefore"] = counts.Skipped,
        ["failed"] = counts.Failed,
        ["failedByReason"] = Counts(counts.FailedByReason),
        ["waiting"] = counts.Waiting,
        ["notWorkedOn"] = job.Images - counts.Images,
        ["exitRate"] = counts.ExitRate,
        ["macs"] = counts.Macs,
        ["largeOnlyMacs"] = counts.LargeOnlyMacs,
        ["computeSaved"] = counts.ComputeSaved,
        ["usdSaved"] = counts.MoneySaved is { } saved ? Math.Round(saved, 6) : null,
        ["submittedAt"] = job.SubmittedAt,
        ["plannedAt"] = job.PlannedAt,
        ["finishedAt"] = job.FinishedAt,
        ["seconds"] = job.FinishedAt is { } end ? Math.Round((end - job.SubmittedAt).TotalSeconds, 3) : null,
    };

    // A message that was no request may be anything, and is cut.
    private static JsonNode? Request(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static JsonObject Counts(IReadOnlyDictionary<string, long> counts) =>
        new(counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
}
