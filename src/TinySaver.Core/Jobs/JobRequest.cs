using System.Text.Json.Serialization;

namespace TinySaver.Core.Jobs;

/// <summary>Which images a job labels anew.</summary>
public enum JobOverwrite
{
    /// <summary>Only those without a row of their present version and of the present policy.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>All.</summary>
    [JsonStringEnumMemberName("all")]
    All,
}

/// <summary>The form of a job's result files.</summary>
public enum JobFormat
{
    /// <summary>One JSON object a line; what is absent is left out.</summary>
    [JsonStringEnumMemberName("jsonl")]
    JsonLines,

    /// <summary>Comma-separated values with a header.</summary>
    [JsonStringEnumMemberName("csv")]
    Csv,

    /// <summary>Apache Parquet.</summary>
    [JsonStringEnumMemberName("parquet")]
    Parquet,
}

/// <summary>A request to label what is already stored: the message on the queue <c>jobs</c>.</summary>
/// <remarks><see cref="JobJson"/> writes and reads it.</remarks>
/// <param name="Id">The job's name: letters, digits, dashes and underscores, up to 63, the first a letter or digit.</param>
public sealed record JobRequest(string Id)
{
    /// <summary>The version of the message format that this code writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>What the names of its images begin with; empty for all of the container. Null where a manifest names them.</summary>
    public string? Prefix { get; init; }

    /// <summary>A blob of container <c>jobs</c> that names its images; null where a prefix does.</summary>
    public string? Manifest { get; init; }

    /// <summary>The form of the result files. Default JSON lines.</summary>
    public JobFormat Format { get; init; }

    /// <summary>Which images are labelled anew. Default <see cref="JobOverwrite.Missing"/>.</summary>
    public JobOverwrite Overwrite { get; init; }

    /// <summary>The job stops when more than this share of its images, in percent from 0 to 100, fails; null for never.</summary>
    public double? FailAfterPercent { get; init; }
}

/// <summary>A part of a job: the message on the queue <c>images</c>, which stands for up to 64 images that the table <c>jobs</c> names.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Number">The chunk's number, from 0.</param>
public sealed record ChunkMessage(string Job, int Number);

/// <summary>A message is no job, or no part of one, that this program understands; the message says why in a sentence.</summary>
public sealed class InvalidJobException(string message, string? id = null, Exception? innerException = null)
    : Failures.TinySaverException(message, innerException)
{
    /// <summary>The job's name where the message has a usable one.</summary>
    public string? Id { get; } = id;
}
