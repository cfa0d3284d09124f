using System.ComponentModel.DataAnnotations;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Hosting;

/// <summary>How the local host finds images and escalations. Section <c>TinySaver:Local</c>.</summary>
public sealed class LocalPipelineOptions
{
    /// <summary>The section that a host binds.</summary>
    public const string Section = "TinySaver:Local";

    /// <summary>The shortest time between two listings of the images, and the time between two looks at empty queues of batch jobs and of dead letters; a container that takes longer to list is listed less often. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an image is tried in the tiny stage before its row says that it failed. Default 6: half a minute with the waits between. Outages do not count.</summary>
    [Range(1, 100)]
    public int MaxTries { get; set; } = 6;

    /// <summary>The longest wait before the second try; it doubles with each further one, up to half a minute. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the escalation queue is left alone after it gave less than a batch. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan QueueInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many batches of escalations are worked on at once: while one is inferred another is fetched. Default 2.</summary>
    [Range(1, 100)]
    public int LargeBatches { get; set; } = 2;

    /// <summary>How often the audits are looked at, where images are audited. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal Backoff Backoff => Backoff.Standard with { First = RetryDelay };
}
