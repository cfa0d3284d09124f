using System.Globalization;
using System.Text.Json;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Cli.Results;

/// <summary>One row of the labels table as <c>results</c> writes it. The property names in camel case are its columns.</summary>
internal sealed record ResultRow
{
    /// <summary>The whole blob name.</summary>
    public required string Name { get; init; }

    /// <summary><c>Labelled</c>, <c>Escalated</c> or <c>Failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The label's text.</summary>
    public string? Label { get; init; }

    /// <summary>The label's class index.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>The confidence of the model that decided.</summary>
    public double? Confidence { get; init; }

    /// <summary><c>tiny</c> or <c>large</c>.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The tiny model's label.</summary>
    public string? TinyLabel { get; init; }

    /// <summary>The tiny model's confidence.</summary>
    public double? TinyConfidence { get; init; }

    /// <summary>The large model's label where it saw the image.</summary>
    public string? LargeLabel { get; init; }

    /// <summary>The large model's confidence.</summary>
    public double? LargeConfidence { get; init; }

    /// <summary>Whether a confident image was shown to the large model too.</summary>
    public bool Shadow { get; init; }

    /// <summary>Whether the tiny label was accepted below the threshold because of overload.</summary>
    public bool Degraded { get; init; }

    /// <summary>The most probable classes as JSON.</summary>
    public string? TopK { get; init; }

    /// <summary>The kind of failure.</summary>
    public string? Reason { get; init; }

    /// <summary>What was found.</summary>
    public string? Message { get; init; }

    /// <summary>The policy's id.</summary>
    public string? Policy { get; init; }

    /// <summary>The tiny model's short content hash.</summary>
    public string? TinyModel { get; init; }

    /// <summary>The large model's short content hash.</summary>
    public string? LargeModel { get; init; }

    /// <summary>The image version's ETag.</summary>
    public required string ImageETag { get; init; }

    /// <summary>When the image was written, ISO 8601.</summary>
    public required string ImageLastModified { get; init; }

    /// <summary>When the row was written, ISO 8601.</summary>
    public required string WrittenAt { get; init; }

    /// <summary>Milliseconds that the stage which wrote the row spent.</summary>
    public double? StageMilliseconds { get; init; }

    /// <summary>The trace id.</summary>
    public string? OperationId { get; init; }

    /// <summary>The row as it is written.</summary>
    public static ResultRow Of(StoredRow stored)
    {
        LabelRow row = stored.Row;
        return new()
        {
            Name = row.Name,
            Status = row.Status.ToString(),
            Label = row.Label,
            ClassIndex = row.ClassIndex,
            Confidence = row.Confidence,
            DecidedBy = row.DecidedBy switch { null => null, Decider.Tiny => "tiny", _ => "large" },
            TinyLabel = row.TinyLabel,
            TinyConfidence = row.TinyConfidence,
            LargeLabel = row.LargeLabel,
            LargeConfidence = row.LargeConfidence,
            Shadow = row.Shadow,
            Degraded = row.Degraded,
            TopK = row.TopK.Count == 0 ? null : JsonSerializer.Serialize(row.TopK, JsonSerializerOptions.Web),
            Reason = row.Reason,
            Message = row.ReasonDetail,
            Policy = row.Policy,
            TinyModel = row.TinyModel,
            LargeModel = row.LargeModel,
            ImageETag = row.Version.ETag,
            ImageLastModified = Time(row.Version.LastModified),
            WrittenAt = Time(stored.WrittenAt),
            StageMilliseconds = row.StageMilliseconds,
            OperationId = row.OperationId,
        };
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
