using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Storage;

/// <summary>The rows in an Azure table.</summary>
public sealed class TableLabelStore(TableClient table) : ILabelStore
{
    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => table.CreateIfNotExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredRow?> GetAsync(string name, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> response = await table.GetEntityIfExistsAsync<TableEntity>(
            LabelKeys.PartitionKey(name), LabelKeys.RowKey(name), cancellationToken: cancellationToken).ConfigureAwait(false);
        return response.HasValue ? Stored(response.Value!) : null;
    }

    /// <inheritdoc/>
    public Task<string?> TryInsertAsync(LabelRow row, CancellationToken cancellationToken) =>
        TagAsync(table.AddEntityAsync(LabelEntity.From(row), cancellationToken));

    /// <inheritdoc/>
    public Task<string?> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken) =>
        TagAsync(table.UpdateEntityAsync(LabelEntity.From(row), new ETag(rowTag), TableUpdateMode.Replace, cancellationToken));

    /// <inheritdoc/>
    public async Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken) => await AnswerAsync(
        table.DeleteEntityAsync(LabelKeys.PartitionKey(name), LabelKeys.RowKey(name), new ETag(rowTag), cancellationToken)).ConfigureAwait(false) is not null;

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, CancellationToken cancellationToken) =>
        ListAsync(new LabelFilter { Batch = query.Batch, Status = query.Status }, cancellationToken);

    /// <summary>The rows that match, in the same order.</summary>
    public async IAsyncEnumerable<StoredRow> ListAsync(LabelFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(Filter(filter), cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            if (Stored(entity) is var stored && filter.Takes(stored.Row))
                yield return stored;
        }
    }

    /// <summary>Some of the rows that match, by one request to the table.</summary>
    /// <param name="filter">Which rows.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="most">How many; from 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<RowPage> PageAsync(LabelFilter filter, string? cursor, int most, CancellationToken cancellationToken)
    {
        await foreach (Page<TableEntity> page in table.QueryAsync<TableEntity>(Filter(filter), most, cancellationToken: cancellationToken)
            .AsPages(cursor).ConfigureAwait(false))
        {
            return new([.. page.Values.Select(Stored).Where(r => filter.Takes(r.Row))], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
        }

        return new([], null);
    }

    private static async Task<string?> TagAsync(Task<Response> write) => (await AnswerAsync(write).ConfigureAwait(false))?.Headers.ETag?.ToString();

    // The answer to a write that was made; null where its condition did not hold.
    private static async Task<Response?> AnswerAsync(Task<Response> write)
    {
        try
        {
            // Of a delete, the SDK answers 404 with a response, not with an exception.
            Response response = await write.ConfigureAwait(false);
            return response.IsError ? null : response;
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            return null;
        }
    }

    private static string? Filter(LabelFilter filter)
    {
        var parts = new List<string>();
        if (filter.Batch is not null)
        {
            (string first, string last) = LabelKeys.PartitionRange(filter.Batch);
            Add($"PartitionKey ge {first} and PartitionKey le {last}");
        }

        if (filter.Status is { } status)
            Add($"Status eq {status.Name()}");

        if (filter.Job is { } job)
            Add($"Job eq {job}");

        if (filter.Label is { } label)
            Add($"Label eq {label}");

        if (filter.DecidedBy is { } decider)
            Add($"DecidedBy eq {decider.Name()}");

        if (filter.Reason is { } reason)
            Add($"Reason eq {reason.Name()}");

        if (filter.From is { } from)
            Add($"Confidence ge {from}");

        if (filter.To is { } to)
            Add($"Confidence le {to}");

        if (filter.Differ)
            Add($"TinyClassIndex ge {0} and LargeClassIndex ge {0}");

        if (filter.Since is { } since)
            Add($"Timestamp ge {since}");

        return parts.Count == 0 ? null : string.Join(" and ", parts);

        void Add(FormattableString part) => parts.Add(TableClient.CreateQueryFilter(part));
    }

    private static StoredRow Stored(TableEntity entity) =>
        new(LabelEntity.ToRow(entity), entity.ETag.ToString(), entity.Timestamp ?? default);
}
