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

    // Of so many deliveries an image may have ended the process: from then on they are taken one by one, from the front and from
    // the back in turn, so that all but that one get their row.
    private const int SuspiciousDelivery = 3;

    // Where fewer images are done, so many are taken: a job is not stopped by the first bad file.
    private const int LeastForStop = 256;

    /// <summary>Works on a chunk; where it throws, the message must come again.</summary>
    /// <param name="message">The queue message.</param>
    /// <param name="delivery">How often it has been delivered, this time included.</param>
    /// <param name="cancellationToken">Ends the work; what is written stays.</param>
    public async Task ReceiveAsync(string message, long delivery, CancellationToken cancellationToken)
    {
        if (Read(message) is not { } part || await jobs.GetAsync(part.Job, cancellationToken).ConfigureAwait(false) is not { } job || job.Row.IsOver)
            return;

        if (await jobs.GetChunkAsync(part.Job, part.Number, cancellationToken).ConfigureAwait(false) is not { } found)
            return;

        if (found.Chunk.Rows is null)
            await WorkAsync(job.Request, found.Chunk, found.Tag, delivery, cancellationToken).ConfigureAwait(false);

        // Also where it was done before: whoever did it may have died before this.
        await EndAsync(part.Job, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes failed rows for what is left of a chunk whose deliveries are used up: its worker died each time.</summary>
    public async Task GiveUpAsync(string message, CancellationToken cancellationToken) =>
        await ReceiveAsync(message, int.MaxValue, cancellationToken).ConfigureAwait(false);

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

    private async Task WorkAsync(JobRequest request, JobChunk chunk, string tag, long delivery, CancellationToken cancellationToken)
    {
        var rows = new LabelRow[chunk.Images.Count];
        bool[] skipped = new bool[rows.Length];
        var failed = new ConcurrentQueue<Exception>();
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        Cascade cascade = lease.Cascade;

        // Half of the images in flight, so that an upload never waits behind a whole chunk.
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = delivery >= SuspiciousDelivery ? 1 : Math.Max(1, options.Value.ImagesInFlight / 2),
        };
        IEnumerable<int> order = delivery % 2 == 0 ? Enumerable.Range(0, rows.Length).Reverse() : Enumerable.Range(0, rows.Length);
        await Parallel.ForEachAsync(order, parallel, async (i, token) =>
        {
            try
            {
                (rows[i], skipped[i]) = await patience.TryAsync(
                    $"Labelling {chunk.Images[i].Name}", t => LabelAsync(request, chunk.Images[i], cascade, delivery, t), token).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Log.ImageRetried(logger, e, chunk.Images[i].Name, "tiny", delivery);
                failed.Enqueue(e);
            }
        }).ConfigureAwait(false);

        // The others have their rows; when the chunk comes again, they cost a look.
        if (!failed.IsEmpty)
            throw new AggregateException($"{failed.Count} of {rows.Length} images of chunk {chunk.Number} of job '{chunk.Job}' failed.", failed);

        ulong bits = 0;
        for (int i = 0; i < rows.Length; i++)
            bits |= skipped[i] ? 1UL << i : 0;

        IEnumerable<JobCounts> counts = rows.Select((row, i) => JobCounts.Of(row, skipped[i], cascade.Macs(row), cascade.LargeMacs ?? 0));
        await jobs.TryCompleteAsync(
            chunk with { Rows = rows, Skipped = bits }, tag, JobCounts.Sum([.. counts, new() { Chunks = 1 }]), cancellationToken).ConfigureAwait(false);
    }

    private async Task<(LabelRow Row, bool Skipped)> LabelAsync(
        JobRequest request, JobImage image, Cascade cascade, long delivery, CancellationToken cancellationToken)
    {
        StoredRow? known = await labels.GetAsync(image.Name, cancellationToken).ConfigureAwait(false);
        if (known is { Row: { Status: not LabelStatus.Escalated } row })
        {
            if (row.Job == request.Id)
                return (row, false);

            if (request.Overwrite == JobOverwrite.Missing && cascade.IsCurrent(row) && await IsPresentAsync(row, image, cancellationToken).ConfigureAwait(false))
                return (row, true);
        }

        var claim = new JobClaim(request.Id, known, r => r.Job != request.Id && (request.Overwrite == JobOverwrite.All || !cascade.IsCurrent(r)));
        var reference = new ImageReference(image.Name);
        TinyResult result;
        try
        {
            result = delivery > MaxDeliveries
                ? await tiny.GiveUpAsync(reference, "The app died while it worked on this image, time after time.", cancellationToken, claim).ConfigureAwait(false)
                : await tiny.ProcessAsync(reference, cancellationToken, claim).ConfigureAwait(false);
        }
        catch (Exception e) when (delivery == MaxDeliveries && !Outage.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            result = await tiny.GiveUpAsync(reference, $"Given up after {delivery} tries; the last failed with: {e.Message}", cancellationToken, claim).ConfigureAwait(false);
        }

        return (result.Row ?? Gone(image), false);
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
