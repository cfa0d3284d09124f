using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Asks the queues of batch jobs for messages and hands them on, as triggers do in the function app.</summary>
public sealed class JobPump(
    StorageJobMessages queues,
    IJobStore jobs,
    IJobFiles files,
    JobDriver driver,
    ChunkWorker worker,
    IOptions<LocalPipelineOptions> local,
    TimeProvider time,
    Random random,
    ILogger<JobPump> logger)
{
    // Two chunks of half the images in flight each, as in host.json.
    private const int Chunks = 2;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    /// <summary>Creates table, containers and queues where they are missing.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.WhenAll(
        jobs.EnsureCreatedAsync(cancellationToken), files.EnsureCreatedAsync(cancellationToken), queues.EnsureCreatedAsync(cancellationToken));

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var loop = new PollingLoop(time, random, logger);
        return Task.WhenAll(
        [
            loop.RunAsync("Working on batch jobs", token => TakeAsync(
                queues.Jobs, m => m.DeliveryCount > ChunkWorker.MaxDeliveries ? driver.GiveUpAsync(m.Text, token) : driver.ReceiveAsync(m.Text, token), token), local.Value.PollInterval, cancellationToken),
            .. Enumerable.Range(0, Chunks).Select(_ => loop.RunAsync("Working on a batch job's images", token => TakeAsync(
                queues.Chunks, m => worker.ReceiveAsync(m.Text, m.DeliveryCount, token), token), local.Value.PollInterval, cancellationToken)),
            loop.RunAsync("Looking after batch jobs", LookAsync, LookInterval, cancellationToken),
        ]);
    }

    // True where there was a message, so that there may be more.
    private async Task<bool> TakeAsync(LockedQueue queue, Func<LockedMessage, Task> act, CancellationToken cancellationToken)
    {
        if (await queue.ReceiveAsync(1, cancellationToken).ConfigureAwait(false) is not [var message])
            return false;

        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = RenewAsync(message, queue.LockDuration / MessageLocks.RenewalsPerLock, done.Token);
        try
        {
            await act(message).ConfigureAwait(false);
            await message.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await message.AbandonAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    private async Task RenewAsync(LockedMessage message, TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false) || !await message.RenewAsync(cancellationToken).ConfigureAwait(false))
                    return;
            }
            catch (Exception e)
            {
                // A lost lock is no failure: whoever gets the message enters the same rows, or none.
                if (!cancellationToken.IsCancellationRequested)
                    Log.LockNotRenewed(logger, e);
            }
        }
    }

    // Messages may have been lost with an Azurite that was killed; those of a worker that was killed come when their locks end. Each
    // look with a message of its own would make one more of them for as long as a job waits.
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await foreach (JobRow job in jobs.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (job.FinishedAt is null)
                await driver.ReceiveAsync(job.Request, cancellationToken, goesOn: false).ConfigureAwait(false);
        }

        return false;
    }
}
