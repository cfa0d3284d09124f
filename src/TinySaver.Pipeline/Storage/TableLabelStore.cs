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
    public async IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(Filter(query), cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            yield return Stored(entity);
        }
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
