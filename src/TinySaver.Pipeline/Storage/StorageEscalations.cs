using System.Text;
using Azure.Storage.Queues;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Storage;

/// <summary>The escalations in an Azure Storage queue, with what such a queue lacks beside Service Bus: locks, delivery counts, dead letters.</summary>
/// <remarks>
/// A message's lock is its visibility timeout. What has been delivered too often goes to a second queue, whose receiver writes
/// the failed row.
/// </remarks>
public sealed class StorageEscalations(QueueServiceClient service, StorageOptions options) : IEscalations
{
    private readonly LockedQueue _escalations = new(service.GetQueueClient(options.EscalationsQueue), options.EscalationLock);
    private readonly LockedQueue _deadLetters = new(service.GetQueueClient($"{options.EscalationsQueue}-dead"), options.EscalationLock);
    private readonly int _maxDeliveries = options.MaxDeliveries;

    /// <inheritdoc/>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        await _escalations.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
        await _deadLetters.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) =>
        _escalations.SendAsync(Encoding.UTF8.GetString(EscalationJson.Write(escalation)), cancellationToken);

    /// <inheritdoc/>
    public Task<long> GetBacklogAsync(CancellationToken cancellationToken) => _escalations.CountAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => _escalations.CountAsync(cancellationToken);

    /// <summary>About how many given-up escalations wait for their failed row.</summary>
    public Task<long> GetDeadLetterCountAsync(CancellationToken cancellationToken) => _deadLetters.CountAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>What was delivered too often becomes a dead letter instead.</remarks>
    public async Task<IReadOnlyList<IEscalationMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        var received = new List<IEscalationMessage>();
        foreach (LockedMessage message in await _escalations.ReceiveAsync(max, cancellationToken).ConfigureAwait(false))
        {
            if (message.DeliveryCount <= _maxDeliveries)
            {
                received.Add(new Message(this, message, null));
                continue;
            }

            // Its receivers ended without a word, time after time: it may be what ends them.
            string reason = $"It was delivered {message.DeliveryCount - 1} times and never settled; {_maxDeliveries} are allowed.";
            await DeadLetterAsync(message, reason, cancellationToken).ConfigureAwait(false);
        }

        return received;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IEscalationMessage>> ReceiveDeadLettersAsync(int max, CancellationToken cancellationToken)
    {
        IReadOnlyList<LockedMessage> received = await _deadLetters.ReceiveAsync(max, cancellationToken).ConfigureAwait(false);
        return [.. received.Select(message => new Message(this, message, new(() => DeadLetter.Read(message.Text))))];
    }

    private async Task<bool> DeadLetterAsync(LockedMessage message, string reason, CancellationToken cancellationToken)
    {
        // Sent before removed: a crash in between leaves two, which does no harm, and never none.
        await _deadLetters.SendAsync(DeadLetter.Write(reason, message.DeliveryCount, message.Text), cancellationToken).ConfigureAwait(false);
        return await message.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private sealed class Message(StorageEscalations owner, LockedMessage message, Lazy<DeadLetter>? letter) : IEscalationMessage
    {
        public ReadOnlyMemory<byte> Body => Encoding.UTF8.GetBytes(letter is null ? message.Text : letter.Value.Message);

        public long DeliveryCount => message.DeliveryCount;

        public string? DeadLetterReason => letter?.Value.Reason;

        public TimeSpan LockDuration => owner._escalations.LockDuration;

        public Task<bool> RenewLockAsync(CancellationToken cancellationToken) => message.RenewAsync(cancellationToken);

        public Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken) => settlement.Kind switch
        {
            SettlementKind.Complete => message.CompleteAsync(cancellationToken),
            _ when letter is not null => message.AbandonAsync(cancellationToken),
            SettlementKind.Abandon when DeliveryCount < owner._maxDeliveries => message.AbandonAsync(cancellationToken),
            _ => owner.DeadLetterAsync(message, settlement.Description ?? "", cancellationToken),
        };
    }
}
