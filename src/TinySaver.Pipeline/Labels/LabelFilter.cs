using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Labels;

/// <summary>Which rows a person wants to see; what is null or false does not restrict.</summary>
public sealed record LabelFilter
{
    /// <summary>The first path segment of the blob names; empty for images that lie in no folder.</summary>
    public string? Batch { get; init; }

    /// <summary>The batch job that labelled them.</summary>
    public string? Job { get; init; }

    /// <summary>Their status.</summary>
    public LabelStatus? Status { get; init; }

    /// <summary>Their label's text.</summary>
    public string? Label { get; init; }

    /// <summary>Who labelled them.</summary>
    public Decider? DecidedBy { get; init; }

    /// <summary>Why they failed.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>The least confidence of the label, in [0, 1].</summary>
    public double? From { get; init; }

    /// <summary>The most confidence of the label, in [0, 1].</summary>
    public double? To { get; init; }

    /// <summary>Only rows whose two models say different classes.</summary>
    public bool Differ { get; init; }

    /// <summary>Only rows that were written then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether a row that the table's own filter let through is one of them: a table cannot compare two of its columns.</summary>
    internal bool Takes(LabelRow row) => !Differ || row.TinyClassIndex != row.LargeClassIndex;
}

/// <summary>A page of rows.</summary>
/// <param name="Rows">The rows, by partition and within one by name; there may be none on a page before the last.</param>
/// <param name="Cursor">Where the next page begins; null after the last.</param>
public sealed record RowPage(IReadOnlyList<StoredRow> Rows, string? Cursor);
