using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Pipeline.Storage;

/// <summary>The jobs in an Azure table: a partition each, so that a row and its chunks are written in one transaction.</summary>
/// <param name="table">The table.</param>
public sealed class TableJobStore(TableClient table) : IJobStore
{
    private const int MaxTransaction = 100;

    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => table.CreateIfNotExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredJob?> GetAsync(string id, CancellationToken cancellationToken)
    {
        TableEntity? job = null;
        var counts = new List<JobCounts>();
        DateTimeOffset moved = default;
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {id} and RowKey ge {JobEntities.CountsKey}");
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            moved = entity.Timestamp > moved ? entity.Timestamp.Value : moved;
            if (entity.RowKey == JobEntities.JobKey)
                job = entity;
            else
                counts.Add(JobCounts.Parse(entity.GetString("Counts")));
        }

        return job is null ? null : new(JobEntities.ToJob(job), job.ETag.ToString(), JobCounts.Sum(counts), moved);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobRow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"RowKey eq {JobEntities.JobKey}");
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return JobEntities.ToJob(entity);
    }

    /// <inheritdoc/>
    public Task<bool> TryInsertAsync(JobRow job, CancellationToken cancellationToken)
    {
        return TryAsync(() => table.AddEntityAsync(JobEntities.From(job), cancellationToken));
    }

    /// <inheritdoc/>
    public Task<bool> TryReplaceAsync(JobRow job, string tag, IReadOnlyList<JobChunk> chunks, CancellationToken cancellationToken)
    {
        return TryAsync(() => table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.UpdateReplace, JobEntities.From(job), new ETag(tag)),
                .. chunks.Select(c => new TableTransactionAction(TableTransactionActionType.Add, JobEntities.From(c))),
            ],
            cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<(JobChunk Chunk, string Tag)?> GetChunkAsync(string id, int number, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> response = await table.GetEntityIfExistsAsync<TableEntity>(
            id, JobEntities.ChunkKey(number), cancellationToken: cancellationToken).ConfigureAwait(false);
        return response.HasValue ? (JobEntities.ToChunk(response.Value!), response.Value!.ETag.ToString()) : null;
    }

    /// <inheritdoc/>
    public async Task<string?> TryMarkAsync(JobChunk chunk, string tag, CancellationToken cancellationToken)
    {
        string? now = null;
        await TryAsync(async () => now = (await table.UpdateEntityAsync(
            JobEntities.From(chunk), new ETag(tag), TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false)).Headers.ETag.ToString()).ConfigureAwait(false);
        return now;
    }

    /// <inheritdoc/>
    public async Task<bool> TryCompleteAsync(JobChunk chunk, string tag, JobCounts counts, CancellationToken cancellationToken)
    {
        string key = JobEntities.CountsKeyOf(chunk.Number);
        while (true)
        {
            NullableResponse<TableEntity> known = await table.GetEntityIfExistsAsync<TableEntity>(
                chunk.Job, key, cancellationToken: cancellationToken).ConfigureAwait(false);
            JobCounts sum = known.HasValue ? JobCounts.Sum([JobCounts.Parse(known.Value!.GetString("Counts")), counts]) : counts;
            var entity = new TableEntity(chunk.Job, key) { ["Counts"] = sum.ToJson() };
            bool written = await TryAsync(() => table.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.UpdateReplace, JobEntities.From(chunk), new ETag(tag)),
                    known.HasValue ? new(TableTransactionActionType.UpdateReplace, entity, known.Value!.ETag) : new(TableTransactionActionType.Add, entity),
                ],
                cancellationToken)).ConfigureAwait(false);
            if (written)
                return true;

            // Whose condition failed, the chunk's or the counts'?
            if (await GetChunkAsync(chunk.Job, chunk.Number, cancellationToken).ConfigureAwait(false) is not { } now || now.Tag != tag)
                return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobChunk> ChunksAsync(string id, int first, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {id} and RowKey ge {JobEntities.ChunkKey(first)} and RowKey lt {JobEntities.ChunkKey(first + count)}");
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return JobEntities.ToChunk(entity);
    }

    /// <inheritdoc/>
    public async Task DeleteChunksAsync(string id, CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {id} and RowKey lt {JobEntities.JobKey}");
        await foreach (Page<TableEntity> page in table.QueryAsync<TableEntity>(filter, MaxTransaction, ["PartitionKey", "RowKey"], cancellationToken)
            .AsPages().ConfigureAwait(false))
        {
            // Where somebody else deletes them too, whoever is asked next does the rest.
            IEnumerable<TableTransactionAction> deletes = page.Values.Select(e => new TableTransactionAction(TableTransactionActionType.Delete, e, ETag.All));
            if (page.Values.Count > 0 && !await TryAsync(() => table.SubmitTransactionAsync(deletes, cancellationToken)).ConfigureAwait(false))
                return;
        }
    }

    private static async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            return false;
        }
    }
}
