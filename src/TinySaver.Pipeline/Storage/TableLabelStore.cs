using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Storage;

/// <summary>The rows in an Azure table.</summary>
/// <param name="table">The table.</param>
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
    public async Task<bool> TryInsertAsync(LabelRow row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(LabelEntity.From(row), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(LabelEntity.From(row), new ETag(rowTag), TableUpdateMode.Replace, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (IsLostRace(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken)
    {
        try
        {
            // The SDK answers 404 with a response, not with an exception.
            Response response = await table.DeleteEntityAsync(
                LabelKeys.PartitionKey(name), LabelKeys.RowKey(name), new ETag(rowTag), cancellationToken).ConfigureAwait(false);
            return !response.IsError;
        }
        catch (RequestFailedException e) when (IsLostRace(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(Filter(query), cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            yield return Stored(entity);
        }
    }

    private static bool IsLostRace(RequestFailedException e) => e.Status == 412 || e.ErrorCode == TableErrorCode.ResourceNotFound;

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
