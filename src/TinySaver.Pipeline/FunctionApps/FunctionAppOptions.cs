using System.ComponentModel.DataAnnotations;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>What tells the tiny function app of new images; exactly one does.</summary>
public enum BlobTriggerKind
{
    /// <summary>Event Grid calls the app: at once, and the only source that Flex Consumption has.</summary>
    EventGrid,

    /// <summary>The Functions host lists the container again and again: for local runs, since Azurite raises no events.</summary>
    Polling,
}

/// <summary>What the function apps need besides the pipeline's own options, and every name that their triggers use. Section <c>TinySaver:Functions</c>.</summary>
/// <remarks>
/// Triggers take their names from constants at compile time, so containers and queues of the function apps cannot be renamed
/// by settings. A connection is a setting with that name that holds a connection string, or settings that begin with it and
/// name an address and an identity: <c>ImagesStorage__blobServiceUri</c>, <c>EscalationsServiceBus__fullyQualifiedNamespace</c>.
/// </remarks>
public sealed class FunctionAppOptions
{
    /// <summary>The section that a host binds.</summary>
    public const string Section = "TinySaver:Functions";

    /// <summary>The connection of the blob trigger, of its poison queue, and of the queues of batch jobs.</summary>
    public const string ImagesConnection = "ImagesStorage";

    /// <summary>The connection of the escalation queue: what the tiny app sends to and the large app is triggered by.</summary>
    public const string EscalationsConnection = "EscalationsServiceBus";

    /// <summary>The container that is watched.</summary>
    public const string ImagesContainer = "images";

    /// <summary>What the blob trigger watches.</summary>
    public const string ImagesPath = ImagesContainer + "/{name}";

    /// <summary>The Service Bus queue between the apps.</summary>
    public const string EscalationsQueue = "escalations";

    /// <summary>When the tiny app looks for escalations that were given up, and at batch jobs: every quarter of an hour.</summary>
    public const string QuarterHourly = "0 */15 * * * *";

    /// <summary>Where the Functions host puts images whose blob trigger failed too often; the name is the host's.</summary>
    public const string PoisonQueue = "webjobs-blobtrigger-poison";

    /// <summary>The queue of batch jobs' requests.</summary>
    public const string JobsQueue = "jobs";

    /// <summary>Where the Functions host puts requests that failed too often; the ending is the host's.</summary>
    public const string JobsPoisonQueue = JobsQueue + "-poison";

    /// <summary>The queue of batch jobs' images, 64 to a message.</summary>
    public const string ChunksQueue = "images";

    /// <summary>Where the Functions host puts those messages that failed too often.</summary>
    public const string ChunksPoisonQueue = ChunksQueue + "-poison";

    /// <summary>The shortest lock that makes sense for that queue; the one that the infrastructure makes is longer.</summary>
    public static readonly TimeSpan ShortestLock = TimeSpan.FromSeconds(30);

    /// <summary>What tells the tiny app of new images. Default <see cref="BlobTriggerKind.EventGrid"/>.</summary>
    public BlobTriggerKind BlobTrigger { get; set; } = BlobTriggerKind.EventGrid;

    /// <summary>
    /// Whether the large app refuses to start where CUDA is asked for and cannot be used; otherwise it warns and runs on the
    /// CPU. Default false.
    /// </summary>
    public bool RequireGpu { get; set; }

    /// <summary>Share of the traces that are sent, in [0, 1]; drawn by the trace's id, so that both apps draw the same. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 0.05;
}
