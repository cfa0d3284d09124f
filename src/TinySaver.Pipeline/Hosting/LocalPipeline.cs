using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Both stages in one process: finds images by listing, and takes escalations off a Storage queue.</summary>
public sealed class LocalPipeline(
    IImageStore images,
    ILabelStore labels,
    StorageEscalations escalations,
    CascadeHost cascades,
    ImageWatcher watcher,
    EscalationPump pump,
    TinyStage tiny,
    LocalProgress progress,
    IOptions<LocalPipelineOptions> local,
    IOptions<PipelineOptions> pipeline,
    TimeProvider time,
    ILogger<LocalPipeline> logger)
{
    /// <summary>What has been done so far.</summary>
    public LocalProgress Progress => progress;

    /// <summary>Creates container, table and queues where they are missing, and loads the cascade.</summary>
    /// <exception cref="Core.Failures.TinySaverException">The policy or a model cannot be used.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Task storage = Task.WhenAll(
            images.EnsureCreatedAsync(cancellationToken),
            labels.EnsureCreatedAsync(cancellationToken),
            escalations.EnsureCreatedAsync(cancellationToken));
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
        ];

        // Neither ends by itself; a fault of one must not leave the other working alone.
        await Task.WhenAny(loops).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    private async Task LabelAsync(ImageReference image, CancellationToken cancellationToken)
    {
        LocalPipelineOptions settings = local.Value;
        TimeSpan delay = settings.RetryDelay;
        string lastError = "";
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                progress.Count(attempt <= settings.MaxTries
                    ? await tiny.ProcessAsync(image, cancellationToken).ConfigureAwait(false)
                    : await tiny.GiveUpAsync(image, $"Given up after {settings.MaxTries} tries; the last failed with: {lastError}", cancellationToken)
                        .ConfigureAwait(false));
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Giving up is tried for ever: while the table cannot be written, nothing else gets on either.
                lastError = e.Message;
                progress.CountRetry();
                Log.ImageRetried(logger, e, image.Name, "tiny", attempt);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            delay = attempt < settings.MaxTries ? delay * 2 : delay;
        }
    }
}
