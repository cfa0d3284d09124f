using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Escalations;

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
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var loop = new PollingLoop(time, random, logger);
        return Task.WhenAll(
            [.. Enumerable.Range(0, local.Value.LargeBatches).Select(_ => loop.RunAsync("Working on escalations", WorkAsync, local.Value.QueueInterval, cancellationToken)),
                loop.RunAsync("Working on dead letters", BuryAsync, local.Value.PollInterval, cancellationToken)]);
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
