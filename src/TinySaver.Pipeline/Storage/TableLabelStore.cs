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
    public Task<bool> TryInsertAsync(LabelRow row, CancellationToken cancellationToken) =>
        WinsAsync(table.AddEntityAsync(LabelEntity.From(row), cancellationToken));

    /// <inheritdoc/>
    public Task<bool> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken) =>
        WinsAsync(table.UpdateEntityAsync(LabelEntity.From(row), new ETag(rowTag), TableUpdateMode.Replace, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken) =>
        WinsAsync(table.DeleteEntityAsync(LabelKeys.PartitionKey(name), LabelKeys.RowKey(name), new ETag(rowTag), cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(Filter(query), cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            yield return Stored(entity);
        }
    }

    // Whether a write was made: its condition held.
    private static async Task<bool> WinsAsync(Task<Response> write)
    {
        try
        {
            // Of a delete, the SDK answers 404 with a response, not with an exception.
            return !(await write.ConfigureAwait(false)).IsError;
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            return false;
        }
    }

    private static string? Filter(LabelQuery query)
    {
        var parts = new List<string>(2);
        if (query.Batch is not null)
        {
            (string first, string last) = LabelKeys.PartitionRange(query.Batch);
            parts.Add(TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey le {last}"));
        }

        if (query.Status is { } status)
            parts.Add(TableClient.CreateQueryFilter($"Status eq {status.Name()}"));

        return parts.Count == 0 ? null : string.Join(" and ", parts);
    }

    private static StoredRow Stored(TableEntity entity) =>
        new(LabelEntity.ToRow(entity), entity.ETag.ToString(), entity.Timestamp ?? default);
}
