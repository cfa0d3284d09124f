using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Large;

/// <summary>Writes the failed row of an escalation that Service Bus has given up.</summary>
public sealed class RecordDeadLetters(EscalationReceiver receiver)
{
    /// <summary>Records one message; it is completed when the row is written, and comes again where that failed.</summary>
    /// <param name="message">The dead letter.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordDeadLetters))]
    public Task RunAsync(
        [ServiceBusTrigger(FunctionAppOptions.DeadLetterQueue, Connection = FunctionAppOptions.EscalationsConnection, AutoCompleteMessages = true)]
        ServiceBusReceivedMessage message,
        CancellationToken cancellationToken) => receiver.RecordDeadLetterAsync(
            message.Body.ToMemory(), message.DeadLetterReason, message.DeadLetterErrorDescription, message.DeliveryCount, cancellationToken);
}
