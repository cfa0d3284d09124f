using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Writes the failed rows of escalations that Service Bus has given up.</summary>
/// <remarks>
/// Here and by the clock, because dead letters wake nobody: the large app is woken by the messages that wait, and what expired
/// unread did so because it was not.
/// </remarks>
public sealed class RecordDeadLetters(ServiceBusDeadLetters letters, EscalationReceiver receiver)
{
    // Far less than the host lets a call work: what is left comes next time.
    private const int Rounds = 20;

    /// <summary>Records what is there; a letter is completed when its row is written, and comes again where that failed.</summary>
    /// <param name="timer">The clock's; nothing in it is needed.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordDeadLetters))]
    public async Task RunAsync([TimerTrigger(FunctionAppOptions.QuarterHourly)] TimerInfo timer, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            IReadOnlyList<IEscalationMessage> received = await letters.ReceiveAsync(cancellationToken);
            if (received.Count == 0)
                return;

            await receiver.RecordDeadLettersAsync(received, recorded: null, cancellationToken);
        }
    }
}
