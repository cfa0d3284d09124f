using TinySaver.Core.Jobs;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Where jobs and their chunks are: an Azure table, or memory in tests. Every write is conditional, and all of it or nothing.</summary>
public interface IJobStore
{
    /// <summary>The most chunks that one <see cref="TryReplaceAsync"/> adds: with the job's row, what a transaction of a table takes.</summary>
    const int MaxNewChunks = 99;

    /// <summary>Creates the table where there is none.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>A job and what is done of it; null where there is none of that name.</summary>
    Task<StoredJob?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>All jobs, in no order.</summary>
    IAsyncEnumerable<JobRow> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes a job's first row.</summary>
    /// <returns>False, and nothing is written, where there is a job of that name.</returns>
    Task<bool> TryInsertAsync(JobRow job, CancellationToken cancellationToken);

    /// <summary>Replaces a job's row if it is still the one that was read, and adds chunks with it.</summary>
    /// <returns>False, and nothing is written, where the row has changed.</returns>
    Task<bool> TryReplaceAsync(JobRow job, string tag, IReadOnlyList<JobChunk> chunks, CancellationToken cancellationToken);

    /// <summary>A chunk; null where there is none.</summary>
    Task<(JobChunk Chunk, string Tag)?> GetChunkAsync(string id, int number, CancellationToken cancellationToken);

    /// <summary>Writes which image of a chunk is being tried, if the chunk is still as it was read.</summary>
    /// <returns>The chunk's new tag; null, and nothing is written, where somebody else has written it.</returns>
    Task<string?> TryMarkAsync(JobChunk chunk, string tag, CancellationToken cancellationToken);

    /// <summary>Enters a chunk's rows if it is still as it was read, and adds to the job's counts with it.</summary>
    /// <returns>False, and nothing is written or counted, where somebody else has entered them.</returns>
    Task<bool> TryCompleteAsync(JobChunk chunk, string tag, JobCounts counts, CancellationToken cancellationToken);

    /// <summary>Chunks by their numbers, in order.</summary>
    IAsyncEnumerable<JobChunk> ChunksAsync(string id, int first, int count, CancellationToken cancellationToken);

    /// <summary>Removes all chunks of a job.</summary>
    Task DeleteChunksAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A job as the store holds it.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Tag">Changes with every write of the row; the condition of the next one.</param>
/// <param name="Counts">What its chunks add up to so far.</param>
/// <param name="MovedAt">When the row or the counts were last written.</param>
public sealed record StoredJob(JobRow Row, string Tag, JobCounts Counts, DateTimeOffset MovedAt)
{
    /// <summary>Whether all images are listed and all chunks are done.</summary>
    public bool IsWorkedOff => Row.PlannedAt is not null && Counts.Chunks == Row.Chunks;

    /// <summary>How long nothing has moved though something should: zero where the job is finished, or only the large model is waited for.</summary>
    public TimeSpan StandstillAt(DateTimeOffset now) =>
        Row.FinishedAt is not null || (IsWorkedOff && !Row.IsOver && Counts.Waiting > 0) ? TimeSpan.Zero : now - MovedAt;

    /// <summary>The request; not of a message that was none.</summary>
    public JobRequest Request => JobJson.Read(Row.Request);
}
