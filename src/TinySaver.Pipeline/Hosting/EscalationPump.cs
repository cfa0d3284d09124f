using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Asks the escalation queue for messages and hands them to the receiver, as triggers do in a function app.</summary>
public sealed class EscalationPump(
    IEscalations queue,
    EscalationReceiver receiver,
    LocalProgress progress,
    IOptions<LocalPipelineOptions> local,
    IOptions<PipelineOptions> pipeline,
    TimeProvider time,
    Random random,
    ILogger<EscalationPump> logger)
{
    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [.. Enumerable.Range(0, local.Value.LargeBatches).Select(_ => LoopAsync("Working on escalations", WorkAsync, local.Value.QueueInterval, cancellationToken)),
            LoopAsync("Working on dead letters", BuryAsync, local.Value.PollInterval, cancellationToken)]);

    private async Task LoopAsync(string work, Func<CancellationToken, Task<bool>> act, TimeSpan pause, CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            TimeSpan delay = TimeSpan.Zero;
            try
            {
                delay = await act(cancellationToken).ConfigureAwait(false) ? TimeSpan.Zero : pause;
                failures = 0;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                delay = Backoff.Standard.After(++failures, random.NextDouble());
                Log.LoopFailed(logger, e, work, delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // True where the queue gave all it was asked for, so that there is more.
    private async Task<bool> WorkAsync(CancellationToken cancellationToken)
    {
        int wanted = pipeline.Value.LargeBatchSize;
        IReadOnlyList<IEscalationMessage> messages = await queue.ReceiveAsync(wanted, cancellationToken).ConfigureAwait(false);
        await receiver.ReceiveAsync(messages, progress.Count, cancellationToken).ConfigureAwait(false);
        return messages.Count == wanted;
    }

    // Dead letters are few and nobody waits for them by the millisecond, so they come one by one and the queue is asked rarely.
    private async Task<bool> BuryAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<IEscalationMessage> letters = await queue.ReceiveDeadLettersAsync(pipeline.Value.LargeBatchSize, cancellationToken).ConfigureAwait(false);
        await receiver.RecordDeadLettersAsync(letters, progress.CountGivenUp, cancellationToken).ConfigureAwait(false);
        return letters.Count > 0;
    }
}
