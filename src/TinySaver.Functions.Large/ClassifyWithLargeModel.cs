using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Large;

/// <summary>Asks the large model about escalated images, a batch at a time.</summary>
public sealed class ClassifyWithLargeModel(EscalationReceiver receiver)
{
    /// <summary>Works on a batch and settles each message on its own.</summary>
    /// <param name="messages">The batch. Must be an array: other collections compile and fail when they are bound.</param>
    /// <param name="actions">Settles messages and renews their locks.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes; what is not settled is abandoned.</param>
    [Function(nameof(ClassifyWithLargeModel))]
    public Task RunAsync(
        [ServiceBusTrigger(FunctionAppOptions.EscalationsQueue, Connection = FunctionAppOptions.EscalationsConnection, IsBatched = true, AutoCompleteMessages = false)]
        ServiceBusReceivedMessage[] messages,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => receiver.ReceiveAsync(
            [.. messages.Select(message => new ServiceBusEscalation(message, actions))], seen: null, cancellationToken);
}
