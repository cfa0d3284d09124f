using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Both stages in one process: finds images by listing, and takes escalations and batch jobs off Storage queues.</summary>
public sealed class LocalPipeline(
    IImageStore images,
    ILabelStore labels,
    IEscalations escalations,
    IAuditStore audits,
    GuaranteeWatcher guarantee,
    CascadeHost cascades,
    ImageWatcher watcher,
    EscalationPump pump,
    TinyStage tiny,
    LocalProgress progress,
    Patience patience,
    IOptions<LocalPipelineOptions> local,
    IOptions<PipelineOptions> pipeline,
    TimeProvider time,
    Random random,
    ILogger<LocalPipeline> logger,
    JobPump? jobs = null)
{
    /// <summary>What has been done so far.</summary>
    public LocalProgress Progress => progress;

    /// <summary>Creates container, table and queues where they are missing, and loads the cascade.</summary>
    /// <exception cref="Core.Failures.TinySaverException">The policy or a model cannot be used.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var storage = Task.WhenAll(
            images.EnsureCreatedAsync(cancellationToken),
            labels.EnsureCreatedAsync(cancellationToken),
            audits.EnsureCreatedAsync(cancellationToken),
            escalations.EnsureCreatedAsync(cancellationToken),
            jobs?.PrepareAsync(cancellationToken) ?? Task.CompletedTask);
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        await storage.ConfigureAwait(false);
    }

    /// <summary>Works until cancelled; then everything that is not finished is taken up again by the next run.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = pipeline.Value.ImagesInFlight,
            CancellationToken = either.Token,
        };
        Task[] loops =
        [
            Parallel.ForEachAsync(
                watcher.WatchAsync(either.Token), parallel, async (image, token) => await LabelAsync(image, token).ConfigureAwait(false)),
            pump.RunAsync(either.Token),
            new PollingLoop(time, random, logger).RunAsync("Watching the guarantee", LookAsync, local.Value.WatchInterval, either.Token),
            .. jobs is null ? (Task[])[] : [jobs.RunAsync(either.Token)],
        ];

        // None ends by itself; a fault of one must not leave the others working alone.
        await Task.WhenAny(loops).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await guarantee.LookAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    // Outages are waited out, however long, and use up no try: they say nothing against the image.
    private async Task LabelAsync(ImageReference image, CancellationToken cancellationToken)
    {
        LocalPipelineOptions settings = local.Value;
        string lastError = "";
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                progress.Count(attempt <= settings.MaxTries
                    ? await PatientlyAsync(image, token => tiny.ProcessAsync(image, token), cancellationToken).ConfigureAwait(false)
                    : await PatientlyAsync(image, token => tiny.GiveUpAsync(image, GivenUp(), token), cancellationToken).ConfigureAwait(false));
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                lastError = e.Message;
                Log.ImageRetried(logger, e, image.Name, "tiny", attempt);
            }

            TimeSpan delay = settings.Backoff.After(attempt, random.NextDouble());
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }

        string GivenUp() => $"Given up after {settings.MaxTries} tries; the last failed with: {lastError}";
    }

    private Task<TinyResult> PatientlyAsync(ImageReference image, Func<CancellationToken, Task<TinyResult>> work, CancellationToken cancellationToken) =>
        patience.TryAsync(
            $"Labelling {image.Name}",
            async token =>
            {
                try
                {
                    return await work(token).ConfigureAwait(false);
                }
                catch
                {
                    progress.CountRetry();
                    throw;
                }
            },
            cancellationToken);
}
