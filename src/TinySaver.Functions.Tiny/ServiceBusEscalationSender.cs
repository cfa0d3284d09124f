using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Sends escalations to the Service Bus queue of the large app.</summary>
/// <param name="client">The namespace; its sender is made once and shared.</param>
/// <param name="administration">The namespace's counts; asked only where <c>MaxBacklog</c> is set, and needs the role Azure Service Bus Data Owner.</param>
internal sealed class ServiceBusEscalationSender(ServiceBusClient client, ServiceBusAdministrationClient administration) : IEscalationSender
{
    private const string Queue = FunctionAppOptions.EscalationsQueue;

    private readonly ServiceBusSender _sender = client.CreateSender(Queue);

    /// <inheritdoc/>
    /// <exception cref="TinySaverException">A failure that lasts until somebody acts; any other exception is passing.</exception>
    public async Task SendAsync(Escalation escalation, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.SendMessageAsync(EscalationMessage.Create(escalation), cancellationToken);
        }
        catch (ServiceBusException e)
            when (SendFailures.Remedy(e.Reason.ToString(), e.IsTransient, Queue, client.FullyQualifiedNamespace) is { } remedy)
        {
            throw new TinySaverException(remedy, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new TinySaverException(SendFailures.Unauthorized(Queue, client.FullyQualifiedNamespace), e);
        }
    }

    /// <inheritdoc/>
    public async Task<long> GetBacklogAsync(CancellationToken cancellationToken)
    {
        QueueRuntimeProperties queue = await administration.GetQueueRuntimePropertiesAsync(Queue, cancellationToken);
        return queue.ActiveMessageCount;
    }
}
