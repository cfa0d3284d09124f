using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Reviews;

/// <summary>The reviews in an Azure table: one an image, under the keys of its label row. Every write is conditional; of two judgements the later stays.</summary>
public sealed class ReviewStore(TableClient table)
{
    // Each lost race is another person's judgement of the same image.
    private const int MaxRaces = 20;

    /// <summary>Creates the table where there is none.</summary>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>The review of one image, whichever version it is of; null where there is none.</summary>
    public async Task<StoredReview?> GetAsync(string name, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> response = await table.GetEntityIfExistsAsync<TableEntity>(
            LabelKeys.PartitionKey(name), LabelKeys.RowKey(name), cancellationToken: cancellationToken).ConfigureAwait(false);
        return response.HasValue ? Stored(response.Value!) : null;
    }

    /// <summary>The reviews of a batch, empty for images that lie in no folder, or all where it is null; none where there is no table yet.</summary>
    public async IAsyncEnumerable<StoredReview> ListAsync(string? batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? filter = null;
        if (batch is not null)
        {
            (string first, string last) = LabelKeys.PartitionRange(batch);
            filter = TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey le {last}");
        }

        await using IAsyncEnumerator<TableEntity> entities =
            table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(entities).ConfigureAwait(false))
            yield return Stored(entities.Current);
    }

    /// <summary>Writes a review; one that says what the table says already changes nothing, nor does one that is older.</summary>
    /// <exception cref="IOException">The image's review kept changing; trying again later is right.</exception>
    public async Task<ReviewWrite> WriteAsync(Review review, CancellationToken cancellationToken)
    {
        for (int race = 0; race < MaxRaces; race++)
        {
            StoredReview? known = await GetAsync(review.Name, cancellationToken).ConfigureAwait(false);
            if (known is not null && (known.Review.At > review.At || known.Review.SaysAs(review)))
                return new(known, known.Review);

            if (await TryReplaceAsync(review, known?.Tag, cancellationToken).ConfigureAwait(false) is { } tag)
                return new(new(review, tag), known?.Review);
        }

        throw new IOException($"The review of '{review.Name}' changed {MaxRaces} times while it was written; try again later.");
    }

    /// <summary>Takes a review back: what was there before it is there again.</summary>
    /// <returns>False, and nothing is changed, where somebody has judged since.</returns>
    public async Task<bool> TryUndoAsync(ReviewWrite write, CancellationToken cancellationToken)
    {
        Review now = write.Now.Review;
        return write.Before is { } before
            ? await TryReplaceAsync(before, write.Now.Tag, cancellationToken).ConfigureAwait(false) is not null
            : await TryAsync(() => table.DeleteEntityAsync(
                LabelKeys.PartitionKey(now.Name), LabelKeys.RowKey(now.Name), new ETag(write.Now.Tag), cancellationToken)).ConfigureAwait(false) is { IsError: false };
    }

    private async Task<string?> TryReplaceAsync(Review review, string? tag, CancellationToken cancellationToken)
    {
        TableEntity entity = Entity(review);
        Response? response = await TryAsync(() => tag is null
            ? table.AddEntityAsync(entity, cancellationToken)
            : table.UpdateEntityAsync(entity, new ETag(tag), TableUpdateMode.Replace, cancellationToken)).ConfigureAwait(false);
        return response?.Headers.ETag?.ToString();
    }

    private static async Task<Response?> TryAsync(Func<Task<Response>> write)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            return null;
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<TableEntity> entities)
    {
        try
        {
            return await entities.MoveNextAsync().ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            // Accounts from before there were reviews, and those that nobody has reviewed in.
            return false;
        }
    }

    private static TableEntity Entity(Review review)
    {
        var entity = new TableEntity(LabelKeys.PartitionKey(review.Name), LabelKeys.RowKey(review.Name))
        {
            [nameof(Review.Name)] = review.Name,
            [nameof(Review.ImageETag)] = review.ImageETag,
            [nameof(Review.Label)] = review.Label,
            [nameof(Review.By)] = review.By,
            [nameof(Review.At)] = review.At,
        };
        if (review.ClassIndex is { } index)
            entity[nameof(Review.ClassIndex)] = index;

        return entity;
    }

    private static StoredReview Stored(TableEntity entity) => new(
        new(
            entity.GetString(nameof(Review.Name)),
            entity.GetString(nameof(Review.ImageETag)),
            entity.GetInt32(nameof(Review.ClassIndex)),
            entity.GetString(nameof(Review.Label)),
            entity.GetString(nameof(Review.By)),
            entity.GetDateTimeOffset(nameof(Review.At)) ?? throw new FormatException($"The entity {entity.PartitionKey}/{entity.RowKey} of the reviews table is no review; remove it.")),
        entity.ETag.ToString());
}
