using System.Text.Json;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Lists the images of a job page by page, and hands them out in chunks.</summary>
/// <remarks>
/// A page's chunks and the cursor behind them are written in one transaction, on the condition that nobody else has: however often
/// a page is read, and by however many at once, each image is in one chunk. The chunks' messages are sent afterwards; those that
/// a crash swallowed are sent again by whoever goes on.
/// </remarks>
public sealed class JobPlanner(IJobStore jobs, IJobMessages messages, IImageStore images, IJobFiles files, TimeProvider time)
{
    /// <summary>The most images of a page. A transaction of a table takes 4 MiB, and a name is of 1,024 characters at most.</summary>
    internal int PageSize { get; init; } = 1_000;

    // Of a chunk's names as they are written: a property of a table holds 32 Ki characters.
    private const int MaxChunkCharacters = 32_000;

    // Of a page's names as a transaction has them: of 4 MiB, with room for the rest.
    private const int MaxPageBytes = (3 * 1024 + 512) * 1024;

    /// <summary>Lists pages until all images are listed, the job is stopped, or time is up.</summary>
    /// <param name="stored">The job as it was read.</param>
    /// <param name="goesOn">Whether there is time for one more page.</param>
    /// <param name="cancellationToken">Ends the work; what is listed stays listed.</param>
    /// <returns>The job as it is now.</returns>
    /// <exception cref="InvalidJobException">The manifest cannot be used.</exception>
    public async Task<StoredJob> PlanAsync(StoredJob stored, Func<bool> goesOn, CancellationToken cancellationToken)
    {
        await using var source = new JobSource(images, files);
        while (!stored.Row.IsOver && !stored.Row.IsHandedOut)
        {
            for (int number = stored.Row.Sent; number < stored.Row.Chunks; number++)
                await messages.SendChunkAsync(new(stored.Row.Id, number), cancellationToken).ConfigureAwait(false);

            (JobRow next, List<JobChunk> chunks) = await NextAsync(source, stored, cancellationToken).ConfigureAwait(false);
            await jobs.TryReplaceAsync(next, stored.Tag, chunks, cancellationToken).ConfigureAwait(false);
            stored = (await jobs.GetAsync(stored.Row.Id, cancellationToken).ConfigureAwait(false))!;
            if (!goesOn())
                break;
        }

        return stored;
    }

    /// <summary>Sends the messages of all chunks that are not done once more: theirs may have been lost with the storage that held them.</summary>
    public async Task SendAgainAsync(StoredJob stored, CancellationToken cancellationToken)
    {
        await foreach (JobChunk chunk in jobs.ChunksAsync(stored.Row.Id, 0, stored.Row.Chunks, cancellationToken).ConfigureAwait(false))
        {
            if (chunk.Rows is null)
                await messages.SendChunkAsync(new(chunk.Job, chunk.Number), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(JobRow Next, List<JobChunk> Chunks)> NextAsync(JobSource source, StoredJob stored, CancellationToken cancellationToken)
    {
        JobRow sent = stored.Row with { Sent = stored.Row.Chunks };
        if (sent.PlannedAt is not null)
            return (sent, []);

        (List<JobChunk> chunks, string? cursor) = await ReadAsync(source, stored, cancellationToken).ConfigureAwait(false);
        JobRow next = sent with { Cursor = cursor, Chunks = sent.Chunks + chunks.Count, Images = sent.Images + chunks.Sum(c => c.Images.Count) };
        return (cursor is null ? next with { State = JobState.Working, PlannedAt = time.GetUtcNow() } : next, chunks);
    }

    // Names may be so long that fewer of them than a page has fill a transaction: then a smaller page is read.
    private async Task<(List<JobChunk> Chunks, string? Cursor)> ReadAsync(JobSource source, StoredJob stored, CancellationToken cancellationToken)
    {
        for (int size = PageSize; ; size = Math.Max(1, size / 2))
        {
            JobPage page = await source.ReadAsync(stored.Request, stored.Row.Cursor, size, cancellationToken).ConfigureAwait(false);
            List<JobChunk> chunks = Chunk(stored.Row, page.Images);
            if (size == 1 || (chunks.Count <= IJobStore.MaxNewChunks && chunks.Sum(Bytes) <= MaxPageBytes))
                return (chunks, page.Cursor);
        }
    }

    // In the request the names are a text within JSON, where whatever is not ASCII takes six bytes.
    private static int Bytes(JobChunk chunk) => JsonEncodedText.Encode(JobJson.Write(chunk.Images)).EncodedUtf8Bytes.Length;

    private static List<JobChunk> Chunk(JobRow job, IReadOnlyList<JobImage> images)
    {
        var chunks = new List<JobChunk>();
        int characters = MaxChunkCharacters;
        List<JobImage> chunk = [];
        foreach (JobImage image in images)
        {
            int length = JobJson.Length(image);
            if (chunk.Count == JobChunk.MaxImages || characters + length > MaxChunkCharacters)
            {
                chunk = [];
                chunks.Add(new(job.Id, job.Chunks + chunks.Count, chunk));
                characters = 0;
            }

            chunk.Add(image);
            characters += length;
        }

        return chunks;
    }
}
