using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using TinySaver.Core.Escalations;
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
    public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) =>
        AskAsync(() => _sender.SendMessageAsync(EscalationMessage.Create(escalation), cancellationToken));

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        // Opens the connection to the queue, and needs no more than the right to send.
        using ServiceBusMessageBatch batch = await _sender.CreateMessageBatchAsync(cancellationToken);
    });

    /// <inheritdoc/>
    public async Task<long> GetBacklogAsync(CancellationToken cancellationToken)
    {
        QueueRuntimeProperties queue = await administration.GetQueueRuntimePropertiesAsync(Queue, cancellationToken);
        return queue.ActiveMessageCount;
    }

    private async Task AskAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (ServiceBusException e)
        {
            throw SendFailures.Explain(e, e.Reason.ToString(), Queue, client.FullyQualifiedNamespace);
        }
        catch (UnauthorizedAccessException e)
        {
            throw SendFailures.Unauthorized(e, Queue, client.FullyQualifiedNamespace);
        }
    }
}
