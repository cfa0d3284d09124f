using TinySaver.Cli.Upload;

namespace TinySaver.Cli.Run;

/// <summary>What a run is asked to do.</summary>
internal sealed record RunSettings
{
    /// <summary>The files to upload and label; none to label what the container holds.</summary>
    public required IReadOnlyList<UploadItem> Items { get; init; }

    /// <summary>Whether to keep running.</summary>
    public required bool Watch { get; init; }

    /// <summary>Where the labels go.</summary>
    public required string LabelsPath { get; init; }

    /// <summary>Whether cells of CSV are written as they are, also those that a spreadsheet would take for formulas.</summary>
    public required bool PlainCsv { get; init; }

    /// <summary>Whether to print one JSON object.</summary>
    public required bool Json { get; init; }
}
