using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Labels;

/// <summary>Which rows to list; what is null does not restrict.</summary>
/// <param name="Batch">The first path segment of the blob names; empty for images that lie in no folder.</param>
/// <param name="Status">Their status.</param>
public sealed record LabelQuery(string? Batch = null, LabelStatus? Status = null)
{
    /// <summary>Every row.</summary>
    public static LabelQuery All { get; } = new();
}
