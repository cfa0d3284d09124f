using Azure.Messaging.ServiceBus;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Takes the dead letters of the large app's queue.</summary>
/// <param name="client">The namespace; its receiver is made once.</param>
public sealed class ServiceBusDeadLetters(ServiceBusClient client)
{
    // Recorded one after another within the lock that all of them have.
    private const int AtOnce = 50;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly ServiceBusReceiver _receiver = client.CreateReceiver(
        FunctionAppOptions.EscalationsQueue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    /// <summary>Some of what is there; nothing where nothing is.</summary>
    public async Task<IReadOnlyList<IEscalationMessage>> ReceiveAsync(CancellationToken cancellationToken) =>
        [.. (await _receiver.ReceiveMessagesAsync(AtOnce, Wait, cancellationToken)).Select(message => new Letter(message, _receiver))];

    private sealed class Letter(ServiceBusReceivedMessage message, ServiceBusReceiver receiver) : IEscalationMessage
    {
        public ReadOnlyMemory<byte> Body => message.Body.ToMemory();

        public long DeliveryCount => message.DeliveryCount;

        public string DeadLetterReason =>
            SendFailures.DeadLettered(message.DeliveryCount, message.DeadLetterReason, message.DeadLetterErrorDescription);

        public TimeSpan LockDuration => FunctionAppOptions.ShortestLock;

        public async Task<bool> RenewLockAsync(CancellationToken cancellationToken)
        {
            await receiver.RenewMessageLockAsync(message, cancellationToken);
            return true;
        }

        // Completing a dead letter is all that can be done with it.
        public async Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken)
        {
            await receiver.CompleteMessageAsync(message, cancellationToken);
            return true;
        }
    }
}
