namespace TinySaver.Cli.Classify;

/// <summary>How a cascade runs over image files.</summary>
internal sealed record CascadeRunOptions
{
    /// <summary>How many images are worked on at once. Default: one a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How many escalated images a thread gathers before it runs the large model.</summary>
    public int LargeBatchSize { get; init; } = 8;

    /// <summary>Whether to skip the savers, to measure what the large model alone would do.</summary>
    public bool LargeOnly { get; init; }
}
