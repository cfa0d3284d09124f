using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Finds new image versions by listing the container, where there is no Event Grid to announce them.</summary>
/// <remarks>
/// Its only memory beyond the process is the labels table: what has a row for its present version is done, unless the row still
/// waits for the large model, whose message may have died with the last process. So it can be killed at any time, and start on
/// any machine.
/// </remarks>
public sealed class ImageWatcher(
    IImageStore images, ILabelStore labels, IOptions<LocalPipelineOptions> options, TimeProvider time, Random random, ILogger<ImageWatcher> logger)
{
    // Of the time, at most one part in this many goes into listing.
    private const int ListingShare = 5;

    // A hash instead of names and tags: 16 bytes an image, so that a million takes some 30 MB.
    private HashSet<UInt128> _seen = [];

    /// <summary>Announces every image version that is new, for as long as it is enumerated, each once.</summary>
    public async IAsyncEnumerable<ImageReference> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ReadRowsAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            // Not the time in which the images are worked on between two pages.
            TimeSpan listingTook = TimeSpan.Zero;
            var present = new HashSet<UInt128>(_seen.Count);
            await using IAsyncEnumerator<ListedImage> listing = images.ListAsync(null, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                long start = time.GetTimestamp();
                bool? moved = await TryMoveNextAsync(listing, cancellationToken).ConfigureAwait(false);
                listingTook += time.GetElapsedTime(start);
                if (moved is not true)
                {
                    // Forgets what is no longer there, unless the listing failed.
                    _seen = moved is false ? present : _seen;
                    break;
                }

                ListedImage image = listing.Current;
                UInt128 key = image.Version.KeyOf(image.Name);
                present.Add(key);
                if (_seen.Add(key))
                    yield return new ImageReference(image.Name, image.Version.ETag, image.Version.LastModified);
            }

            TimeSpan pause = listingTook * (ListingShare - 1);
            pause = pause < options.Value.PollInterval ? options.Value.PollInterval : pause;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Null where the listing failed: what was seen stays, and the next listing sees the rest.
    private async Task<bool?> TryMoveNextAsync(IAsyncEnumerator<ListedImage> listing, CancellationToken cancellationToken)
    {
        try
        {
            return await listing.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LoopFailed(logger, e, "Listing the images", options.Value.PollInterval);
            return null;
        }
    }

    private async Task ReadRowsAsync(CancellationToken cancellationToken)
    {
        for (int failures = 1; ; failures++)
        {
            TimeSpan delay = options.Value.Backoff.After(failures, random.NextDouble());
            try
            {
                await foreach (StoredRow row in labels.QueryAsync(LabelQuery.All, cancellationToken).ConfigureAwait(false))
                {
                    if (row.Row.Status != LabelStatus.Escalated)
                        _seen.Add(row.Row.Version.KeyOf(row.Row.Name));
                }

                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Log.LoopFailed(logger, e, "Reading the labels table", delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
