using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Large;

/// <summary>A Service Bus message with what settles it.</summary>
internal sealed class ServiceBusEscalation(ServiceBusReceivedMessage message, ServiceBusMessageActions actions) : IEscalationMessage
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Body => message.Body.ToMemory();

    /// <inheritdoc/>
    public long DeliveryCount => message.DeliveryCount;

    /// <inheritdoc/>
    public string? DeadLetterReason => null;

    /// <inheritdoc/>
    public TimeSpan LockDuration => FunctionAppOptions.ShortestLock;

    /// <inheritdoc/>
    public async Task<bool> RenewLockAsync(CancellationToken cancellationToken)
    {
        await actions.RenewMessageLockAsync(message, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken)
    {
        await (settlement.Kind switch
        {
            SettlementKind.Complete => actions.CompleteMessageAsync(message, cancellationToken),
            SettlementKind.Abandon => actions.AbandonMessageAsync(message, cancellationToken: cancellationToken),
            _ => actions.DeadLetterMessageAsync(
                message, deadLetterReason: settlement.Reason, deadLetterErrorDescription: settlement.Description, cancellationToken: cancellationToken),
        });
        return true;
    }
}
