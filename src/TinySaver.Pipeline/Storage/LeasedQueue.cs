using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace TinySaver.Pipeline.Storage;

/// <summary>A Storage queue used with locks: a received message is invisible until it is settled or its lock ends.</summary>
internal sealed class LeasedQueue(QueueClient queue, TimeSpan lockDuration)
{
    /// <summary>What one request can receive.</summary>
    public const int MaxMessages = 32;

    // Without it a message is gone after seven days, and its image would never get its label.
    private static readonly TimeSpan NeverExpires = TimeSpan.FromSeconds(-1);

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    public Task SendAsync(string text, CancellationToken cancellationToken) =>
        queue.SendMessageAsync(text, timeToLive: NeverExpires, cancellationToken: cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        QueueProperties properties = await queue.GetPropertiesAsync(cancellationToken).ConfigureAwait(false);
        return properties.ApproximateMessagesCountLong;
    }

    public async Task<IReadOnlyList<QueueLease>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        var leases = new List<QueueLease>(max);
        while (leases.Count < max)
        {
            int wanted = Math.Min(max - leases.Count, MaxMessages);
            QueueMessage[] messages =
                await queue.ReceiveMessagesAsync(wanted, lockDuration, cancellationToken).ConfigureAwait(false);
            leases.AddRange(messages.Select(m => new QueueLease(m.MessageId, m.PopReceipt, m.MessageText, m.DequeueCount)));
            if (messages.Length < wanted)
            {
                break;
            }
        }

        return leases;
    }

    /// <summary>Removes the message; false where its lock was lost, so that somebody else has it or had it.</summary>
    public Task<bool> CompleteAsync(QueueLease lease, CancellationToken cancellationToken) => SettleAsync(
        lease,
        async receipt =>
        {
            await queue.DeleteMessageAsync(lease.MessageId, receipt, cancellationToken).ConfigureAwait(false);
            return null;
        },
        cancellationToken);

    /// <summary>Makes the message visible again after the delay; false where its lock was lost.</summary>
    public Task<bool> AbandonAsync(QueueLease lease, TimeSpan delay, CancellationToken cancellationToken) => SettleAsync(
        lease,
        async receipt =>
        {
            await queue.UpdateMessageAsync(lease.MessageId, receipt, (string?)null, delay, cancellationToken).ConfigureAwait(false);
            return null;
        },
        cancellationToken);

    /// <summary>Starts the lock anew; false where it was lost.</summary>
    public Task<bool> RenewAsync(QueueLease lease, CancellationToken cancellationToken) => SettleAsync(
        lease,
        async receipt =>
        {
            UpdateReceipt updated = await queue.UpdateMessageAsync(lease.MessageId, receipt, (string?)null, lockDuration, cancellationToken)
                .ConfigureAwait(false);
            return updated.PopReceipt;
        },
        cancellationToken);

    private static async Task<bool> SettleAsync(QueueLease lease, Func<string, Task<string?>> act, CancellationToken cancellationToken)
    {
        await lease.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (lease.Receipt is not { } receipt)
            {
                return false;
            }

            lease.Receipt = await act(receipt).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.MessageNotFound || e.ErrorCode == QueueErrorCode.PopReceiptMismatch)
        {
            lease.Receipt = null;
            return false;
        }
        finally
        {
            lease.Turn.Release();
        }
    }
}
