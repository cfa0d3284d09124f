using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Large;

/// <summary>Writes the failed row of an escalation that Service Bus has given up.</summary>
public sealed class RecordDeadLetters(EscalationReceiver receiver)
{
    /// <summary>Records one message; it is completed when the row is written, and comes again where that failed.</summary>
    /// <param name="message">The dead letter.</param>
    /// <param name="actions">Belongs to the message; the host completes it.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordDeadLetters))]
    public Task RunAsync(
        [ServiceBusTrigger(FunctionAppOptions.DeadLetterQueue, Connection = FunctionAppOptions.EscalationsConnection, AutoCompleteMessages = true)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => receiver.RecordDeadLetterAsync(new ServiceBusEscalation(message, actions), cancellationToken);
}
