using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Labels the images of a chunk, side by side within the process's budgets, and enters their rows once.</summary>
public sealed class ChunkWorker(
    IJobStore jobs,
    IJobMessages messages,
    IImageStore images,
    ILabelStore labels,
    TinyStage tiny,
    CascadeHost cascades,
    Patience patience,
    IOptions<PipelineOptions> options,
    ILogger<ChunkWorker> logger)
{
    /// <summary>How often a chunk is delivered before what still fails in it is given up; host.json's <c>maxDequeueCount</c>.</summary>
    public const int MaxDeliveries = 5;

    // After so many deliveries an image may have ended the process: from then on they are taken one by one, from the front and from
    // the back in turn, so that all but that one get their row. After the last, each try is written down before, from the front.
    private const int SuspiciousDelivery = 3;

    // Where fewer images are done, so many are taken: a job is not stopped by the first bad file.
    private const int LeastForStop = 256;

    /// <summary>Works on a chunk, and waits out outages within the call; where it throws, the message must come again.</summary>
    /// <param name="message">The queue message.</param>
    /// <param name="delivery">How often it has been delivered, this time included. After <see cref="MaxDeliveries"/> what ends the process or fails once more is given up.</param>
    /// <param name="cancellationToken">Ends the work; what is written stays.</param>
    public async Task ReceiveAsync(string message, long delivery, CancellationToken cancellationToken)
    {
        if (Read(message) is { } part)
            await patience.TryAsync($"Working on part {part.Number} of job '{part.Job}'", token => WorkAsync(part, delivery, token), cancellationToken).ConfigureAwait(false);
    }

    private ChunkMessage? Read(string message)
    {
        try
        {
            return JobJson.ReadChunk(message);
        }
        catch (InvalidJobException e)
        {
            Log.MessageMalformed(logger, e.Message);
            return null;
        }
    }

    private async Task WorkAsync(ChunkMessage part, long delivery, CancellationToken cancellationToken)
    {
        if (await jobs.GetAsync(part.Job, cancellationToken).ConfigureAwait(false) is not { Row.IsOver: false } job
            || await jobs.GetChunkAsync(part.Job, part.Number, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return;
        }

        if (found.Chunk.Rows is null)
            await LabelAsync(job.Request, found.Chunk, found.Tag, delivery, cancellationToken).ConfigureAwait(false);

        // Also where it was done before: whoever did it may have died before this.
        await EndAsync(part.Job, cancellationToken).ConfigureAwait(false);
    }

    private async Task LabelAsync(JobRequest request, JobChunk chunk, string tag, long delivery, CancellationToken cancellationToken)
    {
        var rows = new LabelRow[chunk.Images.Count];
        ulong skipped = 0;
        var failed = new ConcurrentQueue<Exception>();
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        Cascade cascade = lease.Cascade;

        // Half of the images in flight, so that an upload never waits behind a whole chunk.
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = delivery >= SuspiciousDelivery ? 1 : Math.Max(1, options.Value.ImagesInFlight / 2),
        };
        IEnumerable<int> order = delivery <= MaxDeliveries && delivery % 2 == 0 ? Enumerable.Range(0, rows.Length).Reverse() : Enumerable.Range(0, rows.Length);
        await Parallel.ForEachAsync(order, parallel, async (i, token) =>
        {
            // Where storage is away, the rest would only wait for it, one after the other.
            if (failed.Any(Outage.Is))
                return;

            JobImage image = chunk.Images[i];
            try
            {
                StoredRow? known = await labels.GetAsync(image.Name, token).ConfigureAwait(false);
                (LabelRow? row, bool before) = await FindAsync(request, image, known?.Row, cascade, token).ConfigureAwait(false);
                if (before)
                    Interlocked.Or(ref skipped, 1UL << i);

                bool endsProcess = false;
                if (row is null && delivery > MaxDeliveries && known?.Row.Job != request.Id)
                    (chunk, tag, endsProcess) = await MarkAsync(chunk, tag, new(i, delivery), token).ConfigureAwait(false);

                rows[i] = row ?? await AskAsync(request, image, known, cascade, delivery, endsProcess, token).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed.Enqueue(e);
                if (!Outage.Is(e))
                    Log.ImageRetried(logger, e, image.Name, "tiny", delivery);
            }
        }).ConfigureAwait(false);

        if (failed.FirstOrDefault(Outage.Is) is { } outage)
            throw outage;

        // The others have their rows; when the chunk comes again, they cost a look.
        if (!failed.IsEmpty)
            throw new AggregateException($"{failed.Count} of {rows.Length} images of chunk {chunk.Number} of job '{chunk.Job}' failed.", failed);

        IEnumerable<JobCounts> counts = rows.Select((row, i) => cascade.Count(row, (skipped >> i & 1) != 0, options.Value.Prices));
        await jobs.TryCompleteAsync(
            chunk with { Rows = rows, Skipped = skipped, Try = null }, tag, JobCounts.Sum([.. counts, new() { Chunks = 1 }]), cancellationToken).ConfigureAwait(false);
    }

    // The row that an image keeps, and whether it had it before the job; null where it is to be labelled.
    private async Task<(LabelRow? Row, bool Before)> FindAsync(
        JobRequest request, JobImage image, LabelRow? known, Cascade cascade, CancellationToken cancellationToken) =>
        known is null or { Status: LabelStatus.Escalated } ? (null, false)
        : known.Job == request.Id ? (known, false)
        : request.Overwrite == JobOverwrite.Missing && cascade.IsCurrent(known) && await IsPresentAsync(known, image, cancellationToken).ConfigureAwait(false) ? (known, true)
        : (null, false);

    // Of an image that is tried alone: writes so before. Whether an earlier delivery wrote the same and was not heard of again.
    private async Task<(JobChunk Chunk, string Tag, bool Ended)> MarkAsync(JobChunk chunk, string tag, JobTry now, CancellationToken cancellationToken)
    {
        if (chunk.Try is { } before && before.Image == now.Image && before.Delivery < now.Delivery)
            return (chunk, tag, true);

        chunk = chunk with { Try = now };
        return (chunk, await jobs.TryMarkAsync(chunk, tag, cancellationToken).ConfigureAwait(false) ?? throw new IOException("Another worker has the chunk."), false);
    }

    private async Task<LabelRow> AskAsync(
        JobRequest request, JobImage image, StoredRow? known, Cascade cascade, long delivery, bool endsProcess, CancellationToken cancellationToken)
    {
        var claim = new JobClaim(request.Id, known, r => r.Job != request.Id && (request.Overwrite == JobOverwrite.All || !cascade.IsCurrent(r)));
        var reference = new ImageReference(image.Name);
        TinyResult result;
        try
        {
            result = endsProcess
                ? await tiny.GiveUpAsync(reference, "The app died while it worked on this image, time after time.", cancellationToken, claim).ConfigureAwait(false)
                : await tiny.ProcessAsync(reference, cancellationToken, claim).ConfigureAwait(false);
        }
        catch (Exception e) when (delivery >= MaxDeliveries && !Outage.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            result = await tiny.GiveUpAsync(reference, $"Given up after {delivery} tries; the last failed with: {e.Message}", cancellationToken, claim).ConfigureAwait(false);
        }

        // The row of an image that is gone stays in the table, as where an upload is gone; the job has nothing of it.
        return result is { Outcome: not TinyOutcome.Deleted, Row: { } row } ? row : Gone(image);
    }

    private async Task<bool> IsPresentAsync(LabelRow row, JobImage image, CancellationToken cancellationToken) =>
        row.Version.ETag == image.ETag
        || await images.GetVersionAsync(image.Name, cancellationToken).ConfigureAwait(false) == row.Version;

    private static LabelRow Gone(JobImage image) =>
        new LabelRow(image.Name, new(default, image.ETag ?? "")).FailedFor(FailureReason.Deleted, "The image was deleted before the job came to it.");

    // Read after the chunk was entered: of those who enter the last chunks and the last page, the last sees that all is done.
    private async Task EndAsync(string id, CancellationToken cancellationToken)
    {
        if (await jobs.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { Row.IsOver: false } job)
            return;

        double? percent = job.Request.FailAfterPercent;
        if (job.IsWorkedOff)
        {
            await messages.SendJobAsync(job.Row.Request, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
        else if (job.Counts.Exceeds(percent, LeastForStop))
        {
            string reason = FormattableString.Invariant($"{job.Counts.Failed} of the first {job.Counts.Images} images failed; 'failAfterPercent' is {percent}.");
            await jobs.StopAsync(messages, id, JobState.Failed, reason, cancellationToken).ConfigureAwait(false);
        }
    }
}
