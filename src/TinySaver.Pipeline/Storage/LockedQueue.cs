using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace TinySaver.Pipeline.Storage;

/// <summary>A Storage queue used with locks: a received message is invisible until it is settled or its lock ends.</summary>
internal sealed class LockedQueue(QueueClient queue, TimeSpan lockDuration)
{
    /// <summary>What one request can receive.</summary>
    public const int MaxMessages = 32;

    // Without it a message is gone after seven days, and its image would never get its label.
    private static readonly TimeSpan NeverExpires = TimeSpan.FromSeconds(-1);

    public TimeSpan LockDuration => lockDuration;

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    public Task SendAsync(string text, CancellationToken cancellationToken, TimeSpan delay = default) =>
        queue.SendMessageAsync(text, visibilityTimeout: delay, timeToLive: NeverExpires, cancellationToken: cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        QueueProperties properties = await queue.GetPropertiesAsync(cancellationToken).ConfigureAwait(false);
        return properties.ApproximateMessagesCountLong;
    }

    public async Task<IReadOnlyList<LockedMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        var received = new List<LockedMessage>(max);
        while (received.Count < max)
        {
            int wanted = Math.Min(max - received.Count, MaxMessages);
            QueueMessage[] messages =
                await queue.ReceiveMessagesAsync(wanted, lockDuration, cancellationToken).ConfigureAwait(false);
            received.AddRange(messages.Select(m => new LockedMessage(queue, lockDuration, m)));
            if (messages.Length < wanted)
                break;
        }

        return received;
    }
}

/// <summary>A queue message that nobody else receives until its lock ends.</summary>
/// <remarks>Renewing, completing and abandoning each need the newest receipt, so they take turns.</remarks>
internal sealed class LockedMessage(QueueClient queue, TimeSpan lockDuration, QueueMessage message)
{
    private SemaphoreSlim Turn { get; } = new(1, 1);

    // Null once the message is settled or the lock is known to be lost.
    private string? _receipt = message.PopReceipt;

    /// <summary>The message's text.</summary>
    public string Text => message.MessageText;

    /// <summary>How often it was received, this time included.</summary>
    public long DeliveryCount => message.DequeueCount;

    /// <summary>Removes the message; false where its lock was lost, so that somebody else has it or had it.</summary>
    public Task<bool> CompleteAsync(CancellationToken cancellationToken) => UseReceiptAsync(
        async receipt =>
        {
            await queue.DeleteMessageAsync(message.MessageId, receipt, cancellationToken).ConfigureAwait(false);
            return null;
        },
        cancellationToken);

    /// <summary>Makes the message visible again; false where its lock was lost.</summary>
    public Task<bool> AbandonAsync(CancellationToken cancellationToken) => HideAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>Starts the lock anew; false where it was lost.</summary>
    public Task<bool> RenewAsync(CancellationToken cancellationToken) => HideAsync(lockDuration, cancellationToken);

    private Task<bool> HideAsync(TimeSpan duration, CancellationToken cancellationToken) => UseReceiptAsync(
        async receipt =>
        {
            UpdateReceipt updated = await queue.UpdateMessageAsync(message.MessageId, receipt, (string?)null, duration, cancellationToken)
                .ConfigureAwait(false);
            return duration > TimeSpan.Zero ? updated.PopReceipt : null;
        },
        cancellationToken);

    private async Task<bool> UseReceiptAsync(Func<string, Task<string?>> act, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_receipt is not { } receipt)
                return false;

            _receipt = await act(receipt).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.MessageNotFound || e.ErrorCode == QueueErrorCode.PopReceiptMismatch)
        {
            _receipt = null;
            return false;
        }
        finally
        {
            Turn.Release();
        }
    }
}
