using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.Stages;

/// <summary>Asks the large model about escalated images, a batch at a time, and settles each on its own.</summary>
/// <remarks>Safe to share between threads; repeating a call changes nothing, and asks the model only where a row still waits.</remarks>
public sealed class LargeStage(
    IImageStore images,
    ILabelStore labels,
    LabelWriter writer,
    CascadeHost cascades,
    AuditWriter auditor,
    PipelineBudgets budgets,
    IOptions<PipelineOptions> options,
    PipelineTelemetry telemetry,
    TimeProvider time,
    ILogger<LargeStage> logger)
{
    private const string Stage = "large";

    private readonly DecoderOptions _decoder = options.Value.Decoder;

    /// <summary>Works on escalations; any number, which are split into batches.</summary>
    /// <param name="escalations">The escalations.</param>
    /// <param name="settle">
    /// Called once for each escalation, as soon as it is done, with its index and result; calls may overlap. Whatever it throws
    /// is thrown here when all are done.
    /// </param>
    /// <param name="cancellationToken">Ends the work; what is written stays.</param>
    /// <returns>The results by index.</returns>
    /// <exception cref="TinySaverException">The cascade cannot be loaded: nothing was done.</exception>
    public async Task<IReadOnlyList<EscalationResult>> ProcessAsync(
        IReadOnlyList<Escalation> escalations, Func<int, EscalationResult, Task>? settle, CancellationToken cancellationToken)
    {
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        Cascade cascade = lease.Cascade;

        // A message may have been delivered twice into one call: the first stands for all.
        EscalationGroup[] groups =
        [
            .. escalations.Index()
                .GroupBy(e => (e.Item.MessageId, e.Item.Shadow), e => e)
                .Select(g => new EscalationGroup(g.First().Item, [.. g.Select(e => e.Index)])),
        ];
        var results = new EscalationResult[escalations.Count];
        async Task SettleAsync(EscalationGroup group, EscalationResult result)
        {
            Count(group.Escalation, result);
            foreach (int index in group.Indices)
            {
                results[index] = result;
                if (settle is not null)
                    await settle(index, result).ConfigureAwait(false);
            }
        }

        Task previous = Task.CompletedTask;
        foreach (EscalationGroup[] chunk in groups.Chunk(options.Value.LargeBatchSize))
        {
            // While the model works on the batch before, this one is read, downloaded and decoded.
            var batch = new LargeBatch(cascade.Large, chunk.Length);
            var preparing = Task.WhenAll(chunk.Select(group => PrepareAsync(group, batch, SettleAsync, cancellationToken)));
            try
            {
                await Task.WhenAll(previous, preparing).ConfigureAwait(false);
            }
            catch
            {
                batch.Dispose();
                throw;
            }

            previous = InferAsync(batch, cascade, SettleAsync, cancellationToken);
        }

        await previous.ConfigureAwait(false);
        return results;
    }

    /// <summary>Writes the failed row of an escalation whose deliveries are used up, with what failed in detail, for the person who reads it.</summary>
    public async Task GiveUpAsync(Escalation escalation, string detail, CancellationToken cancellationToken)
    {
        if (!escalation.Shadow)
        {
            await FailAsync(escalation, new PermanentFailureException(FailureReason.RetriesExhausted, detail), null, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task PrepareAsync(
        EscalationGroup group, LargeBatch batch, Func<EscalationGroup, EscalationResult, Task> settle, CancellationToken cancellationToken)
    {
        // Not within Task.WhenAll's caller: each image's first step up to its first wait may be long.
        await Task.Yield();
        using Activity? activity = StartActivity(group.Escalation, "tinysaver.large.prepare");
        if (await TryPrepareAsync(group, batch, cancellationToken).ConfigureAwait(false) is { } done)
            await settle(group, done).ConfigureAwait(false);
    }

    // The result of an image that the model need not see; null where it is in the batch.
    private async Task<EscalationResult?> TryPrepareAsync(EscalationGroup group, LargeBatch batch, CancellationToken cancellationToken)
    {
        Escalation escalation = group.Escalation;
        StoredRow? known = null;
        try
        {
            long start = time.GetTimestamp();
            using IDisposable slot = await budgets.Images.TakeAsync(1, cancellationToken).ConfigureAwait(false);
            known = escalation.Row is { } tag
                ? new StoredRow(StageRows.Waiting(escalation), tag, escalation.EnqueuedAt)
                : await labels.GetAsync(escalation.Name, cancellationToken).ConfigureAwait(false);
            if (!RowUpdate.AwaitsLarge(known?.Row, escalation.Version, escalation.Shadow))
                return new EscalationResult(EscalationOutcome.AlreadyDone, known?.Row);

            await using OpenedImage opened =
                await images.OpenAsync(escalation.Name, escalation.ETag, cancellationToken).ConfigureAwait(false);
            using EncodedImage encoded =
                await EncodedImage.ReadAsync(opened, _decoder.MaxBytes, budgets.Bytes, cancellationToken).ConfigureAwait(false);
            telemetry.Bytes(Stage, opened.Length);
            telemetry.Step(Stage, "download", time.GetElapsedTime(start));
            using IDisposable inference = await budgets.Inferences.TakeAsync(1, cancellationToken).ConfigureAwait(false);
            long read = time.GetTimestamp();
            using DecodedImage decoded = ImageDecoder.Decode(encoded.Content, _decoder);
            batch.Add(group, known, decoded);
            telemetry.Step(Stage, "decode", time.GetElapsedTime(read));
            return null;
        }
        catch (PermanentFailureException e)
        {
            return await ResultOrRetryAsync(() => EndAsync(escalation, known, e, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new EscalationResult(EscalationOutcome.Retry, Error: e);
        }
    }

    private async Task<EscalationResult> EndAsync(
        Escalation escalation, StoredRow? known, PermanentFailureException failure, CancellationToken cancellationToken)
    {
        if (failure.Reason == FailureReason.Superseded)
            return new EscalationResult(EscalationOutcome.Superseded);

        if (failure.Reason == FailureReason.Deleted)
        {
            // Nothing is written of an image that is gone, unless its row waits.
            if (known is not { Row.Status: LabelStatus.Escalated })
                return new EscalationResult(EscalationOutcome.Deleted, known?.Row);

            RowWrite end = await writer.WriteAsync(StageRows.Deleted(known.Row), known, cancellationToken).ConfigureAwait(false);
            return new EscalationResult(EscalationOutcome.Deleted, end.Row);
        }

        // A shadow's label is there already, and stays.
        return escalation.Shadow
            ? new EscalationResult(EscalationOutcome.AlreadyDone, known?.Row)
            : await FailAsync(escalation, failure, known, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EscalationResult> FailAsync(
        Escalation escalation, PermanentFailureException failure, StoredRow? known, CancellationToken cancellationToken)
    {
        LabelRow row = StageRows.Waiting(escalation).FailedFor(failure.Reason, failure.Message);
        RowWrite write = await writer.WriteAsync(row, known, cancellationToken).ConfigureAwait(false);
        if (write.Written)
        {
            telemetry.Failure(Stage, failure.Reason);
            Log.ImageFailed(logger, escalation.Name, failure.Reason.Name(), failure.Message);
        }

        return new EscalationResult(write.Written ? EscalationOutcome.Failed : EscalationOutcome.AlreadyDone, write.Row);
    }

    private async Task InferAsync(
        LargeBatch batch, Cascade cascade, Func<EscalationGroup, EscalationResult, Task> settle, CancellationToken cancellationToken)
    {
        using (batch)
        {
            if (batch.Count == 0)
                return;

            // Off the caller, which goes on to prepare the next batch.
            await Task.Yield();
            long start = time.GetTimestamp();
            using (await budgets.Inferences.TakeAsync(1, cancellationToken).ConfigureAwait(false))
            {
                long gated = time.GetTimestamp();
                batch.Run(e => Log.BatchFailed(logger, e, batch.Count));
                telemetry.Step(Stage, "infer", time.GetElapsedTime(gated));
            }

            telemetry.Batch(batch.Count);
            telemetry.Macs(Stage, cascade.Large.Macs * batch.Count);
            double milliseconds = time.GetElapsedTime(start).TotalMilliseconds / batch.Count;
            EscalationResult[] results = await Task.WhenAll(
                Enumerable.Range(0, batch.Count).Select(i => AnswerAsync(batch[i], cascade, milliseconds, settle, cancellationToken))).ConfigureAwait(false);
            string[] alone = [.. results.Select((r, i) => r.Outcome == EscalationOutcome.Labelled ? cascade.ObstacleToPooling(batch[i].Group.Escalation) : null).OfType<string>()];
            if (alone.Length > 0)
            {
                telemetry.Unpooled(alone.Length);
                Log.Unpooled(logger, alone.Length, batch.Count, alone[0]);
            }
        }
    }

    private async Task<EscalationResult> AnswerAsync(
        BatchItem item, Cascade cascade, double milliseconds, Func<EscalationGroup, EscalationResult, Task> settle, CancellationToken cancellationToken)
    {
        Escalation escalation = item.Group.Escalation;
        using Activity? activity = StartActivity(escalation, "tinysaver.large");
        EscalationResult result = item switch
        {
            { Error: { } error } => new EscalationResult(EscalationOutcome.Retry, Error: error),
            { Prediction: null } => await ResultOrRetryAsync(
                () => EndAsync(escalation, item.Known, cascade.Large.BadOutput(), cancellationToken), cancellationToken).ConfigureAwait(false),
            { Prediction: { } prediction } => await ResultOrRetryAsync(
                () => WriteAsync(escalation, item.Known, prediction, cascade, milliseconds, cancellationToken), cancellationToken).ConfigureAwait(false),
        };
        activity?.SetTag("tinysaver.outcome", result.Outcome.ToString());
        await settle(item.Group, result).ConfigureAwait(false);
        return result;
    }

    private async Task<EscalationResult> WriteAsync(
        Escalation escalation, StoredRow? known, Prediction prediction, Cascade cascade, double milliseconds, CancellationToken cancellationToken)
    {
        LabelRow row = StageRows.Answered(escalation, prediction, cascade) with { StageMilliseconds = milliseconds };

        // Before the row: once that is written, a message that comes again is done with.
        await auditor.RecordAsync(StageRows.Audit(escalation, prediction, cascade, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        long start = time.GetTimestamp();
        RowWrite write = await writer.WriteAsync(row, known, cancellationToken).ConfigureAwait(false);
        telemetry.Step(Stage, "write", time.GetElapsedTime(start));
        if (!write.Written)
        {
            telemetry.Wasted();
            return new EscalationResult(EscalationOutcome.Wasted, write.Row);
        }

        if (!escalation.Shadow)
            return new EscalationResult(EscalationOutcome.Labelled, write.Row);

        telemetry.Shadow(row.LargeClassIndex == row.ClassIndex);
        return new EscalationResult(EscalationOutcome.ShadowRecorded, write.Row);
    }

    private static async Task<EscalationResult> ResultOrRetryAsync(Func<Task<EscalationResult>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new EscalationResult(EscalationOutcome.Retry, Error: e);
        }
    }

    private void Count(Escalation escalation, EscalationResult result)
    {
        telemetry.Image(Stage, result.Outcome.ToString(), result.Outcome == EscalationOutcome.Labelled ? Decider.Large : null);
        Log.ImageDone(logger, escalation.Name, result.Outcome.ToString());
    }

    // Goes on with the trace of the tiny stage, which the message carries.
    private static Activity? StartActivity(Escalation escalation, string name)
    {
        ActivityContext parent = ActivityContext.TryParse(escalation.TraceParent, escalation.TraceState, isRemote: true, out ActivityContext context)
            ? context
            : default;
        Activity? activity = PipelineTelemetry.Source.StartActivity(name, ActivityKind.Consumer, parent);
        activity?.SetTag("tinysaver.image", escalation.Name);
        return activity;
    }
}
