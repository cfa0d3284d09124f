using Azure;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Status;

/// <summary>Reads where the images of an account stand, from its table and its container: every row and every image, a thousand a request.</summary>
/// <param name="account">The account's name, without any key.</param>
/// <param name="images">Its images.</param>
/// <param name="labels">Its rows.</param>
/// <param name="escalations">Its queue of escalations.</param>
/// <param name="time">The clock.</param>
/// <param name="watches">How its guarantees stand; null to leave them out.</param>
public sealed class StatusReader(string account, IImageStore images, ILabelStore labels, StorageEscalations escalations, TimeProvider time, IWatchStore? watches = null)
{
    /// <summary>Reads it.</summary>
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        // Images before rows: what is labelled in between then counts as labelled, not as waiting.
        var listed = new List<(UInt128 Version, string Name, DateTimeOffset Since)>();
        await foreach (ListedImage image in images.ListAsync(null, cancellationToken).ConfigureAwait(false))
            listed.Add((image.Version.KeyOf(image.Name), image.Name, image.Version.LastModified));

        var counter = new StatusCounter();
        await foreach (StoredRow stored in labels.QueryAsync(LabelQuery.All, cancellationToken).ConfigureAwait(false))
            counter.Row(StatusFacts.Of(stored));

        foreach ((UInt128 version, string name, DateTimeOffset since) in listed)
            counter.Image(version, name, since);

        (long? depth, long? dead) = await QueuesAsync(escalations, cancellationToken).ConfigureAwait(false);
        return counter.Report(account, depth, dead, time.GetUtcNow()) with
        {
            Guarantee = watches is null ? null : await GuaranteeStatus.ReadAsync(watches, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Messages on the queue of escalations and on that of dead letters; null for one that is not there or may not be read.</summary>
    public static async Task<(long? Depth, long? DeadLetters)> QueuesAsync(StorageEscalations escalations, CancellationToken cancellationToken) => (
        await CountOrNullAsync(escalations.GetBacklogAsync, cancellationToken).ConfigureAwait(false),
        await CountOrNullAsync(escalations.GetDeadLetterCountAsync, cancellationToken).ConfigureAwait(false));

    private static async Task<long?> CountOrNullAsync(Func<CancellationToken, Task<long>> count, CancellationToken cancellationToken)
    {
        try
        {
            return await count(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException error) when (error.Status is 403 or 404) // without a role on queues storage does not say that there is none
        {
            return null;
        }
    }
}
