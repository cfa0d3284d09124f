using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using TinySaver.Core.Audits;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Pipeline.Storage;

/// <summary>The audits in an Azure table.</summary>
public sealed class TableAuditStore(TableClient table) : IAuditStore
{
    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => table.CreateIfNotExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task AddAsync(AuditRow row, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(AuditEntities.From(row), TableUpdateMode.Replace, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuditRow> ReadAsync(
        string policy, DateTimeOffset since, DateTimeOffset until, bool evidence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {policy} and RowKey ge {AuditEntities.Key(since)} and RowKey lt {AuditEntities.Key(until)}");
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(filter, select: evidence ? null : AuditEntities.Slim, cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            yield return AuditEntities.ToRow(entity);
        }
    }
}
