using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Labels;

/// <summary>Where the rows are: an Azure table, or memory in tests. Every write is conditional.</summary>
public interface ILabelStore
{
    /// <summary>Creates the table where there is none.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>The row of one image; null where it has none.</summary>
    Task<StoredRow?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes an image's first row.</summary>
    /// <returns>Its <see cref="StoredRow.RowTag"/>; null, and nothing is written, where the image has a row already.</returns>
    Task<string?> TryInsertAsync(LabelRow row, CancellationToken cancellationToken);

    /// <summary>Replaces an image's row if it is still the one that was read, by its <see cref="StoredRow.RowTag"/>.</summary>
    /// <returns>Its new tag; null, and nothing is written, where the row has changed or is gone.</returns>
    Task<string?> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken);

    /// <summary>Removes an image's row if it is still the one that was read.</summary>
    /// <returns>False, and nothing is removed, where the row has changed or is gone.</returns>
    Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken);

    /// <summary>The rows that match, ordered by partition and, within one, by name.</summary>
    IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, CancellationToken cancellationToken);
}

/// <summary>Which rows to list; what is null does not restrict.</summary>
/// <param name="Batch">The first path segment of the blob names; empty for images that lie in no folder.</param>
/// <param name="Status">Their status.</param>
public sealed record LabelQuery(string? Batch = null, LabelStatus? Status = null)
{
    /// <summary>Every row.</summary>
    public static LabelQuery All { get; } = new();
}

/// <summary>A row as the store holds it.</summary>
/// <param name="Row">The row.</param>
/// <param name="RowTag">Changes with every write of the row; the condition of the next one. Not the image's ETag.</param>
/// <param name="WrittenAt">When the store wrote it.</param>
public sealed record StoredRow(LabelRow Row, string RowTag, DateTimeOffset WrittenAt);
