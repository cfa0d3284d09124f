using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Storage.Queues;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Storage;

/// <summary>The escalations in an Azure Storage queue, with what such a queue lacks beside Service Bus: locks, delivery counts, dead letters.</summary>
/// <remarks>
/// A message's lock is its visibility timeout. What has been delivered too often goes to a second queue, whose receiver writes
/// the failed row.
/// </remarks>
public sealed class StorageEscalations : IEscalationSender
{
    // Whatever characters they hold, reason and message make no more than 64 KiB of JSON, the most that a queue takes.
    private const int MaxReasonLength = 2 * 1024;
    private const int MaxMessageLength = EscalationJson.MaxBytes;

    // The default encoder makes six characters of a quotation mark, and a message is full of them.
    private static readonly DeadLetterJsonContext Json = new(new JsonSerializerOptions(DeadLetterJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private readonly LeasedQueue _escalations;
    private readonly LeasedQueue _deadLetters;
    private readonly int _maxDeliveries;

    /// <summary>Names the two queues; nothing is sent yet.</summary>
    /// <param name="service">The account's queue service.</param>
    /// <param name="options">The queue's name, its lock and its deliveries.</param>
    public StorageEscalations(QueueServiceClient service, StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(options);
        _escalations = new LeasedQueue(service.GetQueueClient(options.EscalationsQueue), options.EscalationLock);
        _deadLetters = new LeasedQueue(service.GetQueueClient($"{options.EscalationsQueue}-dead"), options.EscalationLock);
        _maxDeliveries = options.MaxDeliveries;
    }

    /// <summary>Creates both queues where they are missing.</summary>
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

    /// <summary>About how many given-up escalations wait for their failed row.</summary>
    public Task<long> GetDeadLetterCountAsync(CancellationToken cancellationToken) => _deadLetters.CountAsync(cancellationToken);

    /// <summary>Takes what waits, up to a number, without waiting for more; what was delivered too often is dead-lettered instead.</summary>
    /// <param name="max">The most messages; any number, 32 a request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ReceivedEscalation>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        IReadOnlyList<QueueLease> leases = await _escalations.ReceiveAsync(max, cancellationToken).ConfigureAwait(false);
        var received = new List<ReceivedEscalation>(leases.Count);
        foreach (QueueLease lease in leases)
        {
            var message = new ReceivedEscalation(lease);
            if (lease.DeliveryCount <= _maxDeliveries)
            {
                received.Add(message);
                continue;
            }

            // Its receivers ended without a word, time after time: it may be what ends them.
            await DeadLetterAsync(
                message, $"It was delivered {lease.DeliveryCount - 1} times and never settled; {_maxDeliveries} are allowed.", cancellationToken)
                .ConfigureAwait(false);
        }

        return received;
    }

    /// <summary>Settles a message that is done with. False where its lock was lost, so that it comes again.</summary>
    public Task<bool> CompleteAsync(ReceivedEscalation message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _escalations.CompleteAsync(message.Lease, cancellationToken);
    }

    /// <summary>Gives a message back after a passing failure; one that has had all its deliveries is dead-lettered.</summary>
    /// <param name="message">The message.</param>
    /// <param name="delay">After how long it may be received again.</param>
    /// <param name="reason">What failed, for the failed row.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False where its lock was lost.</returns>
    public Task<bool> AbandonAsync(ReceivedEscalation message, TimeSpan delay, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.DeliveryCount >= _maxDeliveries
            ? DeadLetterAsync(message, reason, cancellationToken)
            : _escalations.AbandonAsync(message.Lease, delay, cancellationToken);
    }

    /// <summary>Starts a message's lock anew, for work that takes longer. False where it was lost.</summary>
    public Task<bool> RenewAsync(ReceivedEscalation message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _escalations.RenewAsync(message.Lease, cancellationToken);
    }

    /// <summary>Moves a message to the dead-letter queue.</summary>
    /// <returns>False where its lock was lost; it may then be in both queues, which does no harm.</returns>
    public async Task<bool> DeadLetterAsync(ReceivedEscalation message, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var letter = new DeadLetter(
            Cut(reason, MaxReasonLength), message.DeliveryCount, Cut(message.Lease.Text, MaxMessageLength));

        // Sent before removed: a crash in between leaves two, never none.
        await _deadLetters.SendAsync(JsonSerializer.Serialize(letter, Json.DeadLetter), cancellationToken)
            .ConfigureAwait(false);
        return await _escalations.CompleteAsync(message.Lease, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes given-up escalations, up to a number.</summary>
    public async Task<IReadOnlyList<ReceivedDeadLetter>> ReceiveDeadLettersAsync(int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        IReadOnlyList<QueueLease> leases = await _deadLetters.ReceiveAsync(max, cancellationToken).ConfigureAwait(false);
        return [.. leases.Select(lease => new ReceivedDeadLetter(lease))];
    }

    /// <summary>Settles a given-up escalation whose failed row is written.</summary>
    public Task<bool> CompleteAsync(ReceivedDeadLetter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return _deadLetters.CompleteAsync(letter.Lease, cancellationToken);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
