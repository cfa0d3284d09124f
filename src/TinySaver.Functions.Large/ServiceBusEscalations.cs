using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Large;

/// <summary>A batch of Service Bus messages with what settles them.</summary>
internal sealed class ServiceBusEscalations(ServiceBusReceivedMessage[] messages, ServiceBusMessageActions actions) : IEscalationMessages
{
    /// <inheritdoc/>
    public int Count => messages.Length;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Body(int index) => messages[index].Body.ToMemory();

    /// <inheritdoc/>
    public int DeliveryCount(int index) => messages[index].DeliveryCount;

    /// <inheritdoc/>
    public Task SettleAsync(int index, Settlement settlement, CancellationToken cancellationToken) => settlement.Kind switch
    {
        SettlementKind.Complete => actions.CompleteMessageAsync(messages[index], cancellationToken),
        SettlementKind.Abandon => actions.AbandonMessageAsync(messages[index], cancellationToken: cancellationToken),
        SettlementKind.DeadLetter => actions.DeadLetterMessageAsync(
            messages[index], deadLetterReason: settlement.Reason, deadLetterErrorDescription: settlement.Description, cancellationToken: cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(settlement), settlement.Kind, "Not a defined settlement."),
    };

    /// <inheritdoc/>
    public Task RenewLockAsync(int index, CancellationToken cancellationToken) => actions.RenewMessageLockAsync(messages[index], cancellationToken);
}
