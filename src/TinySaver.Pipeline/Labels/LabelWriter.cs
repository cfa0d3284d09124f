using System.Diagnostics;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Labels;

/// <summary>What became of a write.</summary>
/// <param name="Row">The row that the table holds now.</param>
/// <param name="RowTag">Its <see cref="StoredRow.RowTag"/> where this write put it there; null where it, or a higher one, was there already.</param>
public readonly record struct RowWrite(LabelRow Row, string? RowTag)
{
    /// <summary>Whether this write put the row there.</summary>
    public bool Written => RowTag is not null;
}

/// <summary>Writes rows by the order rule of <see cref="RowUpdate"/>, with a condition on every write.</summary>
public sealed class LabelWriter(ILabelStore labels, IImageStore images)
{
    // Each lost race means that somebody else's row was written, and an image has few deliveries: more is a fault.
    private const int MaxRaces = 50;

    /// <summary>Writes the row, with the present trace as its operation, unless the table holds one that ranks as high.</summary>
    /// <remarks>A row that the caller knows, having just read it or been told of it, spares one attempt to insert. A row of the same version that ranks as high is replaced all the same where <paramref name="yields"/> says so.</remarks>
    /// <returns>The row that the table holds afterwards, and whether it is the given one.</returns>
    /// <exception cref="IOException">The row kept changing; trying again later is right.</exception>
    public async Task<RowWrite> WriteAsync(LabelRow row, StoredRow? known, CancellationToken cancellationToken, Func<LabelRow, bool>? yields = null)
    {
        row = row with { OperationId = row.OperationId ?? Activity.Current?.TraceId.ToHexString() };
        StoredRow? existing = known;
        for (int race = 0; race < MaxRaces; race++)
        {
            if (existing is null)
            {
                // New images are the rule, so an insert comes first and a read only where it fails.
                if (await labels.TryInsertAsync(row, cancellationToken).ConfigureAwait(false) is { } tag)
                    return new RowWrite(row, tag);
            }
            else
            {
                string? currentETag = existing.Row.Version.IsAmbiguousWith(row.Version)
                    ? (await images.GetVersionAsync(row.Name, cancellationToken).ConfigureAwait(false))?.ETag
                    : null;
                bool replaces = RowUpdate.Replaces(existing.Row, row, currentETag) || (existing.Row.Version == row.Version && yields?.Invoke(existing.Row) == true);
                if (!replaces)
                    return new RowWrite(existing.Row, null);

                if (await labels.TryReplaceAsync(row, existing.RowTag, cancellationToken).ConfigureAwait(false) is { } tag)
                    return new RowWrite(row, tag);
            }

            existing = await labels.GetAsync(row.Name, cancellationToken).ConfigureAwait(false);
        }

        throw new IOException($"The row of '{row.Name}' changed {MaxRaces} times while it was written; try again later.");
    }
}
