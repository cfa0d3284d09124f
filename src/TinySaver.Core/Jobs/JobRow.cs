using System.Text.Json.Serialization;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Jobs;

/// <summary>Where a job stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Its images are being listed, and labelled as far as they are.</summary>
    [JsonStringEnumMemberName("planning")]
    Planning,

    /// <summary>All its images are known and are being labelled.</summary>
    [JsonStringEnumMemberName("working")]
    Working,

    /// <summary>Every image has its final row.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>Somebody cancelled it; what was labelled stays.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>It cannot go on, or too many of its images failed; the reason says which.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A job's row in the table <c>jobs</c>.</summary>
public sealed record JobRow
{
    /// <summary>The job's name.</summary>
    public required string Id { get; init; }

    /// <summary>The request as <see cref="JobJson"/> writes it; what a message held where it was no request.</summary>
    public required string Request { get; init; }

    /// <summary>Where the job stands.</summary>
    public JobState State { get; init; }

    /// <summary>Why it stopped before its end; null where it did not.</summary>
    public string? Reason { get; init; }

    /// <summary>When the request was taken up.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Where the listing goes on; null at its start and after its end.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many chunks there are so far.</summary>
    public int Chunks { get; init; }

    /// <summary>How many images they have.</summary>
    public long Images { get; init; }

    /// <summary>How many of the chunks, from the first, are known to have had their message sent.</summary>
    public int Sent { get; init; }

    /// <summary>When the last image was listed; null before.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>When result files and summary were written; null before, and for a message that was no request.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What became of its images, at the end; null before.</summary>
    public JobCounts? Counts { get; init; }

    /// <summary>Whether all its images are listed and all its chunks' messages sent.</summary>
    public bool IsHandedOut => PlannedAt is not null && Sent == Chunks;

    /// <summary>Whether nothing new is begun for it: it has stopped or is finished.</summary>
    public bool IsOver => State is not (JobState.Planning or JobState.Working);
}

/// <summary>One image of a job.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="ETag">The ETag of the version that was listed, without quotes; null where a manifest names it.</param>
public sealed record JobImage(string Name, string? ETag = null);

/// <summary>Up to <see cref="MaxImages"/> images of a job: what one message stands for, and one worker does.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Images">Its images.</param>
public sealed record JobChunk(string Job, int Number, IReadOnlyList<JobImage> Images)
{
    /// <summary>The most images of a chunk: enough that a message and its rows cost next to nothing an image, few enough to be done within seconds.</summary>
    public const int MaxImages = 64;

    /// <summary>The row of each image once the chunk is done; one that is still escalated waits for the large model. Null before.</summary>
    public IReadOnlyList<LabelRow>? Rows { get; init; }

    /// <summary>One bit an image, from the lowest: whether it had its row before the job.</summary>
    public ulong Skipped { get; init; }

    /// <summary>The image that is being tried alone, written before, so that whoever comes after the end of its worker knows which one that was; null where none is.</summary>
    public JobTry? Try { get; init; }
}

/// <summary>A try of one image alone.</summary>
/// <param name="Image">Its place in the chunk.</param>
/// <param name="Delivery">The delivery of the chunk's message.</param>
public readonly record struct JobTry(int Image, long Delivery);
