namespace TinySaver.Reports;

/// <summary>How a report came to be, so that it can be made again.</summary>
public sealed record ReportProvenance
{
    /// <summary>The command line that wrote the report.</summary>
    public required string Command { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The images, each set with its hash.</summary>
    public IReadOnlyList<ReportDataSet> Data { get; init; } = [];

    /// <summary>Seeds, versions, machine and settings, in the order in which to show them.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];
}
