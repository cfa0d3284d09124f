using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Takes escalations off the Storage queue, gives them to the large stage, and settles each message.</summary>
public sealed class EscalationPump(
    StorageEscalations queue,
    LargeStage stage,
    LocalProgress progress,
    IOptions<LocalPipelineOptions> local,
    IOptions<PipelineOptions> pipeline,
    IOptions<StorageOptions> storage,
    TimeProvider time,
    ILogger<EscalationPump> logger)
{
    // Two renewals may fail before a lock ends.
    private const int RenewalsPerLock = 3;

    // How long is tried to give messages back when the host ends; later their locks end by themselves.
    private static readonly TimeSpan GiveBackTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [.. Enumerable.Range(0, local.Value.LargeBatches).Select(_ => LoopAsync("Working on escalations", WorkAsync, cancellationToken)),
            LoopAsync("Working on dead letters", BuryAsync, cancellationToken)]);

    private async Task LoopAsync(string work, Func<CancellationToken, Task<bool>> act, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (!await act(cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(local.Value.QueueInterval, time, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Log.LoopFailed(logger, e, work, local.Value.RetryDelay);
                await Task.Delay(local.Value.RetryDelay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // True where the queue gave all it was asked for, so that there is more.
    private async Task<bool> WorkAsync(CancellationToken cancellationToken)
    {
        int wanted = pipeline.Value.LargeBatchSize;
        IReadOnlyList<ReceivedEscalation> received = await queue.ReceiveAsync(wanted, cancellationToken).ConfigureAwait(false);
        var messages = new List<ReceivedEscalation>(received.Count);
        var escalations = new List<Escalation>(received.Count);
        foreach (ReceivedEscalation message in received)
        {
            try
            {
                escalations.Add(message.Read());
                messages.Add(message);
            }
            catch (PermanentFailureException e)
            {
                // It names no image, so there is no row to write.
                Log.MessageMalformed(logger, e.Message);
                await queue.CompleteAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }

        if (messages.Count > 0)
        {
            await ProcessAsync(messages, escalations, cancellationToken).ConfigureAwait(false);
        }

        return received.Count == wanted;
    }

    private async Task ProcessAsync(List<ReceivedEscalation> messages, List<Escalation> escalations, CancellationToken cancellationToken)
    {
        var settled = new bool[messages.Count];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = RenewAsync(messages, settled, done.Token);
        try
        {
            await stage.ProcessAsync(
                escalations,
                async (index, result) =>
                {
                    Volatile.Write(ref settled[index], true);
                    progress.Count(result);
                    await SettleAsync(messages[index], escalations[index], result, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GiveBackAsync(messages, settled).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    private async Task SettleAsync(
        ReceivedEscalation message, Escalation escalation, EscalationResult result, CancellationToken cancellationToken)
    {
        if (result is not { Outcome: EscalationOutcome.Retry, Error: { } error })
        {
            await queue.CompleteAsync(message, cancellationToken).ConfigureAwait(false);
            return;
        }

        Log.ImageRetried(logger, error, escalation.Name, "large", message.DeliveryCount);
        TimeSpan delay = local.Value.RetryDelay * Math.Pow(2, message.DeliveryCount - 1);
        string reason = $"Given up after {message.DeliveryCount} deliveries; the last failed with: {error.Message}";
        await queue.AbandonAsync(message, delay, reason, cancellationToken).ConfigureAwait(false);
    }

    private async Task RenewAsync(List<ReceivedEscalation> messages, bool[] settled, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(storage.Value.EscalationLock / RenewalsPerLock, time, cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < messages.Count; i++)
                {
                    if (!Volatile.Read(ref settled[i]))
                    {
                        await TryRenewAsync(messages[i], cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // All are settled, or the host ends.
        }
    }

    private async Task TryRenewAsync(ReceivedEscalation message, CancellationToken cancellationToken)
    {
        try
        {
            // A lock that is lost is no failure: somebody else does the work, and both write the same row.
            await queue.RenewAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LoopFailed(logger, e, "Renewing a lock", storage.Value.EscalationLock / RenewalsPerLock);
        }
    }

    // So that the next host need not wait for the locks to end.
    private async Task GiveBackAsync(List<ReceivedEscalation> messages, bool[] settled)
    {
        using var timeout = new CancellationTokenSource(GiveBackTimeout, time);
        try
        {
            for (int i = 0; i < messages.Count; i++)
            {
                if (!Volatile.Read(ref settled[i]))
                {
                    await queue.AbandonAsync(messages[i], TimeSpan.Zero, "The host ended again and again while it worked on it.", timeout.Token)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            Log.LoopFailed(logger, e, "Giving escalations back", storage.Value.EscalationLock);
        }
    }

    private async Task<bool> BuryAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ReceivedDeadLetter> letters =
            await queue.ReceiveDeadLettersAsync(pipeline.Value.LargeBatchSize, cancellationToken).ConfigureAwait(false);
        foreach (ReceivedDeadLetter received in letters)
        {
            try
            {
                DeadLetter letter = received.Read();
                await stage.GiveUpAsync(letter.ReadEscalation(), letter.Reason, cancellationToken).ConfigureAwait(false);
                progress.CountGivenUp();
            }
            catch (PermanentFailureException e)
            {
                Log.MessageMalformed(logger, e.Message);
            }

            await queue.CompleteAsync(received, cancellationToken).ConfigureAwait(false);
        }

        // Dead letters are few and nobody waits for them by the millisecond.
        if (letters.Count == 0)
        {
            await Task.Delay(local.Value.PollInterval, time, cancellationToken).ConfigureAwait(false);
        }

        return letters.Count > 0;
    }
}
