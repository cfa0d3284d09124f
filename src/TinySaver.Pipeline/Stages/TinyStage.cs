using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Audits;
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

/// <summary>Asks the savers about one image: a label if one is confident, else an escalation to the large model.</summary>
/// <remarks>Safe to share between threads; repeating a call changes nothing.</remarks>
public sealed class TinyStage(
    IImageStore images,
    ILabelStore labels,
    LabelWriter writer,
    IEscalationSender escalations,
    CascadeHost cascades,
    PipelineBudgets budgets,
    BacklogGauge backlog,
    GuaranteeGauge guarantee,
    IOptions<PipelineOptions> options,
    PipelineTelemetry telemetry,
    TimeProvider time,
    ILogger<TinyStage> logger)
{
    private const string Stage = "tiny";

    private readonly DecoderOptions _decoder = options.Value.Decoder;

    /// <summary>Works on one announced image version; where it is cancelled, what is written stays.</summary>
    /// <returns>What was made of it. A permanent failure is a result; every exception is a transient one: call again.</returns>
    public async Task<TinyResult> ProcessAsync(ImageReference image, CancellationToken cancellationToken, JobClaim? claim = null)
    {
        using Activity? activity = PipelineTelemetry.Source.StartActivity("tinysaver.tiny", ActivityKind.Consumer);
        activity?.SetTag("tinysaver.image", image.Name);
        using IDisposable slot = await budgets.Images.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        TinyResult result = BlobNames.IsOutOfReach(image.Name)
            ? await FailUnreachedAsync(image, claim, cancellationToken).ConfigureAwait(false)
            : await LabelAsync(image, claim, cancellationToken).ConfigureAwait(false);
        activity?.SetTag("tinysaver.outcome", result.Outcome.ToString());
        telemetry.Image(Stage, result.Outcome.ToString(), result.Outcome == TinyOutcome.Labelled ? Decider.Tiny : null);
        Log.ImageDone(logger, image.Name, result.Outcome.ToString());
        return result;
    }

    /// <summary>Writes the failed row of an image whose retries are used up, with what failed in detail, for the person who reads it.</summary>
    public async Task<TinyResult> GiveUpAsync(ImageReference image, string detail, CancellationToken cancellationToken, JobClaim? claim = null)
    {
        if (BlobNames.IsOutOfReach(image.Name))
            return await FailUnreachedAsync(image, claim, cancellationToken).ConfigureAwait(false);

        // The announced version's time is not announced; if the image has another version by now, that one has its own event.
        if (await images.GetVersionAsync(image.Name, cancellationToken).ConfigureAwait(false) is not { } version)
            return await EndWaitAsync(image.Name, cancellationToken).ConfigureAwait(false);

        if (image.ETag is not null && image.ETag != version.ETag)
            return new TinyResult(TinyOutcome.Superseded, null);

        var failure = new PermanentFailureException(FailureReason.RetriesExhausted, detail);
        return await FailAsync(image.Name, version, failure, time.GetTimestamp(), claim, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TinyResult> LabelAsync(ImageReference image, JobClaim? claim, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        ImageVersion? version = null;
        try
        {
            using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
            EncodedImage encoded;
            await using (OpenedImage opened = await images.OpenAsync(image.Name, image.ETag, cancellationToken).ConfigureAwait(false))
            {
                version = opened.Version;
                encoded = await EncodedImage.ReadAsync(opened, _decoder.MaxBytes, budgets.Bytes, cancellationToken).ConfigureAwait(false);
            }

            Step("download", start);
            bool audited = IsAudited(image.Name, version.Value, lease.Cascade, claim);
            SaverAnswer? answer = await AskAsync(encoded, lease.Cascade, audited, cancellationToken).ConfigureAwait(false);
            return await DecideAsync(image.Name, version.Value, answer, lease.Cascade, audited, start, claim, cancellationToken).ConfigureAwait(false);
        }
        catch (PermanentFailureException e) when (e.Reason == FailureReason.Superseded)
        {
            return new TinyResult(TinyOutcome.Superseded, null);
        }
        catch (PermanentFailureException e) when (e.Reason == FailureReason.Deleted)
        {
            return await EndWaitAsync(image.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (PermanentFailureException e) when (version is not null)
        {
            return await FailAsync(image.Name, version.Value, e, start, claim, cancellationToken).ConfigureAwait(false);
        }
    }

    // Storage is not asked: its answer would be another image's.
    private Task<TinyResult> FailUnreachedAsync(ImageReference image, JobClaim? claim, CancellationToken cancellationToken) => FailAsync(
        image.Name,
        new ImageVersion(image.LastModified ?? time.GetUtcNow(), image.ETag ?? ""),
        new PermanentFailureException(FailureReason.UnusableName, $"The blob's name {BlobNames.Problem(image.Name)}. Upload the image under another name."),
        time.GetTimestamp(),
        claim,
        cancellationToken);

    // Where a job asks again about a version that the same policy has answered, it is in the audits already.
    private bool IsAudited(string name, ImageVersion version, Cascade cascade, JobClaim? claim) =>
        AuditSample.Includes(name, version.ETag, options.Value.AuditedShare)
        && !(claim?.Known?.Row is { Audited: true, LargeLabel: not null } known && known.Version == version && known.Policy == cascade.PolicyId);

    private async Task<SaverAnswer?> AskAsync(EncodedImage encoded, Cascade cascade, bool audited, CancellationToken cancellationToken)
    {
        using (encoded)
        {
            telemetry.Bytes(Stage, encoded.Content.Length);
            using IDisposable inference = await budgets.Inferences.TakeAsync(1, cancellationToken).ConfigureAwait(false);
            long start = time.GetTimestamp();
            using DecodedImage decoded = ImageDecoder.Decode(encoded.Content, _decoder);
            long ready = Step("decode", start);

            // The pixels are all that is needed now.
            encoded.Dispose();
            SaverAnswer? answer = cascade.AskSavers(decoded, all: audited);
            Step("infer", ready);
            return answer;
        }
    }

    private async Task<TinyResult> DecideAsync(
        string name, ImageVersion version, SaverAnswer? answer, Cascade cascade, bool audited, long start, JobClaim? claim, CancellationToken cancellationToken)
    {
        bool exits = answer is { Exits: true };
        if (answer is { } asked)
            telemetry.Confidence(asked.Answer.Confidence, exits);

        bool safe = exits && await guarantee.IsBrokenAsync(cascade.PolicyId, cancellationToken).ConfigureAwait(false);
        bool escalates = !exits || safe;
        bool degraded = escalates && answer is not null && await backlog.IsOverloadedAsync(cancellationToken).ConfigureAwait(false);
        bool labelled = !escalates || degraded;
        telemetry.Macs(Stage, answer?.Macs ?? 0, (labelled ? cascade.LargeMacs ?? 0 : 0) - (answer?.Macs ?? 0));
        LabelRow row = StageRows.Asked(name, version, answer, cascade) with
        {
            Degraded = degraded,
            Safe = safe && !degraded,
            Audited = audited,
            Shadow = labelled && audited,
            StageMilliseconds = time.GetElapsedTime(start).TotalMilliseconds,
            Job = claim?.Job,
        };
        if (labelled)
            row = row.LabelledBy(Decider.Tiny, answer!.Value.Answer);

        long before = time.GetTimestamp();
        RowWrite write = await writer.WriteAsync(row, claim?.Known, cancellationToken, claim?.Replaces).ConfigureAwait(false);
        long written = Step("write", before);

        // What the table says decides, not whether this call wrote it: a call before may have died between row and message.
        if (write.Row.Version == version && NeedsLarge(write.Row))
        {
            await escalations.SendAsync(
                StageRows.Escalation(images.Container, write, answer, cascade, time.GetUtcNow(), Activity.Current), cancellationToken)
                .ConfigureAwait(false);
            Step("send", written);
        }

        TinyOutcome outcome = write.Row.Status == LabelStatus.Escalated ? TinyOutcome.Escalated : TinyOutcome.Labelled;
        return new TinyResult(write.Written ? outcome : TinyOutcome.Unchanged, write.Row);
    }

    private static bool NeedsLarge(LabelRow row) =>
        row.Status == LabelStatus.Escalated || row is { Status: LabelStatus.Labelled, Shadow: true, LargeLabel: null };

    private async Task<TinyResult> FailAsync(
        string name, ImageVersion version, PermanentFailureException failure, long start, JobClaim? claim, CancellationToken cancellationToken)
    {
        LabelRow row = new LabelRow(name, version).FailedFor(failure.Reason, failure.Message) with
        {
            StageMilliseconds = time.GetElapsedTime(start).TotalMilliseconds,
            Job = claim?.Job,
        };
        RowWrite write = await writer.WriteAsync(row, claim?.Known, cancellationToken, claim?.Replaces).ConfigureAwait(false);
        if (write.Written)
        {
            telemetry.Failure(Stage, failure.Reason);
            Log.ImageFailed(logger, name, failure.Reason.Name(), failure.Message);
        }

        return new TinyResult(write.Written ? TinyOutcome.Failed : TinyOutcome.Unchanged, write.Row);
    }

    // A row that waits for the large model would wait for ever if its escalation met a newer version that is gone by now.
    private async Task<TinyResult> EndWaitAsync(string name, CancellationToken cancellationToken)
    {
        StoredRow? stored = await labels.GetAsync(name, cancellationToken).ConfigureAwait(false);
        if (stored is not { Row.Status: LabelStatus.Escalated })
            return new TinyResult(TinyOutcome.Deleted, stored?.Row);

        RowWrite write = await writer.WriteAsync(StageRows.Deleted(stored.Row), stored, cancellationToken).ConfigureAwait(false);
        return new TinyResult(TinyOutcome.Deleted, write.Row);
    }

    private long Step(string step, long since)
    {
        telemetry.Step(Stage, step, time.GetElapsedTime(since));
        return time.GetTimestamp();
    }
}
