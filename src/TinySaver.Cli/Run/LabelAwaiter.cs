using System.Collections.Concurrent;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Cli.Run;

/// <summary>Keeps the book of images that are to get a row, and reads the table for it. Safe to share between threads.</summary>
/// <remarks>The table alone says that an image is done, whoever wrote its row: this process, another, or one that was killed.</remarks>
internal sealed class LabelAwaiter(ILabelStore labels, IImageStore images)
{
    // Up to this many rows are asked for one by one; more, and the whole batch is listed.
    private const int MaxSingleReads = 200;

    private const int ParallelReads = 8;

    private readonly ConcurrentDictionary<string, ImageVersion> _pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LabelRow> _final = new(StringComparer.Ordinal);

    /// <summary>Images without a final row as far as is known.</summary>
    public int Pending => _pending.Count;

    /// <summary>Waits for the row of an image version.</summary>
    public void Add(string name, ImageVersion version) => _pending[name] = version;

    /// <summary>Enters a row that is final already.</summary>
    public void AddFinal(LabelRow row) => _final[row.Name] = row;

    /// <summary>The final row of an image; null where it has none yet.</summary>
    public LabelRow? Find(string name) => _final.GetValueOrDefault(name);

    /// <summary>Reads the table and enters what has become final; a probe looks also after images that may be gone, and so never get a row.</summary>
    /// <returns>Whether every image has its final row.</returns>
    public async Task<bool> LookAsync(bool probe, CancellationToken cancellationToken)
    {
        KeyValuePair<string, ImageVersion>[] pending = [.. _pending];
        if (pending.Length <= MaxSingleReads)
        {
            await ForEachAsync(pending, async (image, token) =>
            {
                if (await labels.GetAsync(image.Key, token) is { } stored)
                    Enter(stored.Row);
            }, cancellationToken);
        }
        else
        {
            foreach (string batch in pending.Select(p => LabelKeys.Folder(p.Key) ?? "").Distinct(StringComparer.Ordinal))
            {
                await foreach (StoredRow stored in labels.QueryAsync(new LabelQuery(batch), cancellationToken))
                    Enter(stored.Row);
            }
        }

        if (probe)
            await ForEachAsync(_pending.Take(MaxSingleReads), ProbeAsync, cancellationToken);

        return Pending == 0;
    }

    private async ValueTask ProbeAsync(KeyValuePair<string, ImageVersion> image, CancellationToken cancellationToken)
    {
        ImageVersion? now = await images.GetVersionAsync(image.Key, cancellationToken);
        if (now is null)
        {
            AddFinal(new LabelRow(image.Key, image.Value).FailedFor(FailureReason.Deleted, "The image was deleted from the container before it had a label."));
            _pending.TryRemove(image.Key, out _);
        }
        else if (now != image.Value)
        {
            // Somebody has overwritten it: the newer version's row is the one to wait for.
            Add(image.Key, now.Value);
        }
    }

    private void Enter(LabelRow row)
    {
        // Entered before it is taken off the list, so that whoever sees none pending finds all rows.
        if (row.Status != LabelStatus.Escalated && _pending.TryGetValue(row.Name, out ImageVersion wanted) && row.Version == wanted)
        {
            AddFinal(row);
            _pending.TryRemove(KeyValuePair.Create(row.Name, wanted));
        }
    }

    private static Task ForEachAsync(
        IEnumerable<KeyValuePair<string, ImageVersion>> of, Func<KeyValuePair<string, ImageVersion>, CancellationToken, ValueTask> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(of, new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken }, act);
}
