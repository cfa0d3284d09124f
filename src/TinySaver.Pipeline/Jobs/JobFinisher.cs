using System.Globalization;
using Microsoft.Extensions.Options;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Writes a job's result files when the large model has answered, and its summary last.</summary>
/// <remarks>
/// Each file is written once, with its counts beside it, and the first stays; the summary adds up what lies beside the files. So
/// it says what they hold, however often, and by however many, they are written.
/// </remarks>
public sealed class JobFinisher(
    IJobStore jobs, IJobFiles files, IImageStore images, ILabelStore labels, CascadeHost cascades, IOptions<PipelineOptions> options, TimeProvider time)
{
    /// <summary>The chunks of one file: 16,384 images, some 30 MB of memory.</summary>
    internal int ChunksPerPart { get; init; } = 256;

    private const int ParallelReads = 8;

    /// <summary>Writes what is not written yet, until all is, the large model has to be waited for, or time is up.</summary>
    /// <param name="stored">The job, worked off or stopped.</param>
    /// <param name="goesOn">Whether there is time for one more file.</param>
    /// <param name="cancellationToken">Ends the work; what is written stays.</param>
    /// <returns>Whether the job is finished.</returns>
    public async Task<bool> FinishAsync(StoredJob stored, Func<bool> goesOn, CancellationToken cancellationToken)
    {
        JobRow job = stored.Row;
        JobFormat format = stored.Request.Format;
        HashSet<string> written = [.. (await PartsAsync(job.Id, cancellationToken).ConfigureAwait(false)).Keys];
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        for (int part = 0; part * ChunksPerPart < job.Chunks; part++)
        {
            string path = $"{job.Id}/part-{part.ToString("D5", CultureInfo.InvariantCulture)}.{format.Name()}";
            if (written.Contains(path))
                continue;

            if (!goesOn() || await RowsAsync(job, part * ChunksPerPart, cancellationToken).ConfigureAwait(false) is not { } rows)
                return false;

            // A job that was stopped early.
            if (rows.Length == 0)
                continue;

            var counts = JobCounts.Sum(rows.Select(r => lease.Cascade.Count(r.Row, r.Skipped, options.Value.Prices)));
            using MemoryStream content = await JobResults.WriteAsync([.. rows.Select(r => r.Row)], format).ConfigureAwait(false);
            await files.TryWriteAsync(path, content, counts, cancellationToken).ConfigureAwait(false);
        }

        SortedDictionary<string, JobCounts> parts = await PartsAsync(job.Id, cancellationToken).ConfigureAwait(false);
        await EndAsync(stored, JobCounts.Sum(parts.Values), [.. parts.Keys], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<SortedDictionary<string, JobCounts>> PartsAsync(string id, CancellationToken cancellationToken)
    {
        var parts = new SortedDictionary<string, JobCounts>(StringComparer.Ordinal);
        await foreach ((string path, JobCounts? counts) in files.ListAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (counts is not null)
                parts[path] = counts;
        }

        return parts;
    }

    // What the summary will say is decided first: nobody cancels a job that says it is finished.
    private async Task EndAsync(StoredJob stored, JobCounts counts, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        while (!stored.Row.IsOver)
        {
            JobRow ended = stored.Row with { State = JobState.Finished };
            double? percent = stored.Request.FailAfterPercent;
            if (counts.Exceeds(percent))
            {
                string reason = FormattableString.Invariant($"{counts.Failed} of {counts.Images} images failed; 'failAfterPercent' is {percent}.");
                ended = ended with { State = JobState.Failed, Reason = reason };
            }

            await jobs.TryReplaceAsync(ended, stored.Tag, [], cancellationToken).ConfigureAwait(false);
            stored = (await jobs.GetAsync(stored.Row.Id, cancellationToken).ConfigureAwait(false))!;
        }

        JobRow job = stored.Row with { Counts = counts, FinishedAt = time.GetUtcNow() };
        using MemoryStream summary = new(JobSummary.Write(job, parts));
        await files.TryWriteAsync($"{job.Id}/{JobSummary.FileName}", summary, counts: null, cancellationToken).ConfigureAwait(false);

        // Lost only where somebody else has finished the job.
        await jobs.TryReplaceAsync(job, stored.Tag, [], cancellationToken).ConfigureAwait(false);
        await jobs.DeleteChunksAsync(job.Id, cancellationToken).ConfigureAwait(false);
    }

    // Null where an image still waits for the large model, and is waited for.
    private async Task<(LabelRow Row, bool Skipped)[]?> RowsAsync(JobRow job, int first, CancellationToken cancellationToken)
    {
        var rows = new List<(LabelRow Row, bool Skipped)>(ChunksPerPart * JobChunk.MaxImages);
        await foreach (JobChunk chunk in jobs.ChunksAsync(job.Id, first, ChunksPerPart, cancellationToken).ConfigureAwait(false))
            rows.AddRange(chunk.Rows?.Select((row, i) => (row, (chunk.Skipped >> i & 1) != 0)) ?? []);

        (LabelRow Row, bool Skipped)[] all = [.. rows];
        if (job.IsOver)
            return all;

        // The last was escalated last: where it still waits, the others need not be asked for.
        int[] waiting = [.. Enumerable.Range(0, all.Length).Where(i => all[i].Row.Status == LabelStatus.Escalated).Reverse()];
        if (waiting.Length > 0 && !await TryResolveAsync(all, waiting[0], cancellationToken).ConfigureAwait(false))
            return null;

        int unresolved = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(waiting.Skip(1), parallel, async (i, token) =>
        {
            if (Volatile.Read(ref unresolved) == 0 && !await TryResolveAsync(all, i, token).ConfigureAwait(false))
                Volatile.Write(ref unresolved, 1);
        }).ConfigureAwait(false);
        return unresolved == 0 ? all : null;
    }

    private async Task<bool> TryResolveAsync((LabelRow Row, bool Skipped)[] rows, int i, CancellationToken cancellationToken)
    {
        LabelRow waiting = rows[i].Row;
        LabelRow? row = (await labels.GetAsync(waiting.Name, cancellationToken).ConfigureAwait(false))?.Row;

        // Somebody has removed the row; if the image is there, its row will come again.
        if (row is null && await images.GetVersionAsync(waiting.Name, cancellationToken).ConfigureAwait(false) is null)
            row = StageRows.Deleted(waiting);

        if (row is null or { Status: LabelStatus.Escalated })
            return false;

        rows[i].Row = row;
        return true;
    }
}
