using System.Text;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The escalation queue's twin: locks by the given clock, delivery counts, dead letters.</summary>
public sealed class InMemoryEscalations(TimeProvider time, TimeSpan lockDuration, int maxDeliveries, Faults? faults = null)
    : IEscalationSender, IEscalationReceiver
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly List<Message> _messages = [];
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly Lock _lock = new();
    private int _ids;

    public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) =>
        SendTextAsync(Encoding.UTF8.GetString(EscalationJson.Write(escalation)));

    /// <summary>Sends any text, as another program might.</summary>
    public async Task SendTextAsync(string text)
    {
        await _faults.PauseAsync();
        _faults.Before("escalations.send");
        lock (_lock)
        {
            _messages.Add(new Message($"m{++_ids}", text) { VisibleAt = time.GetUtcNow() });
        }

        _faults.After("escalations.send");
    }

    public Task<long> GetBacklogAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult((long)_messages.Count);
        }
    }

    public IReadOnlyList<DeadLetter> DeadLetters
    {
        get
        {
            lock (_lock)
            {
                return [.. _deadLetters];
            }
        }
    }

    public Task<IReadOnlyList<ReceivedEscalation>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        var received = new List<ReceivedEscalation>();
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach (Message message in _messages.Where(m => m.VisibleAt <= now).OrderBy(m => m.VisibleAt).Take(max).ToArray())
            {
                message.Receipt = $"r{++_ids}";
                message.VisibleAt = now + lockDuration;
                message.Deliveries++;
                var lease = new QueueLease(message.Id, message.Receipt, message.Text, message.Deliveries);
                if (message.Deliveries <= maxDeliveries)
                {
                    received.Add(new ReceivedEscalation(lease));
                    continue;
                }

                _deadLetters.Add(new DeadLetter($"delivered {message.Deliveries - 1} times", message.Deliveries, message.Text));
                _messages.Remove(message);
            }
        }

        return Task.FromResult<IReadOnlyList<ReceivedEscalation>>(received);
    }

    public Task<bool> CompleteAsync(ReceivedEscalation message, CancellationToken cancellationToken) =>
        SettleAsync("escalations.complete", message, m => _messages.Remove(m));

    public Task<bool> RenewAsync(ReceivedEscalation message, CancellationToken cancellationToken) =>
        SettleAsync("escalations.renew", message, m => m.VisibleAt = time.GetUtcNow() + lockDuration);

    public Task<bool> AbandonAsync(ReceivedEscalation message, TimeSpan delay, string reason, CancellationToken cancellationToken) =>
        message.DeliveryCount >= maxDeliveries
            ? DeadLetterAsync(message, reason, cancellationToken)
            : SettleAsync("escalations.abandon", message, m =>
            {
                m.VisibleAt = time.GetUtcNow() + delay;
                m.Receipt = null;
            });

    public Task<bool> DeadLetterAsync(ReceivedEscalation message, string reason, CancellationToken cancellationToken) =>
        SettleAsync("escalations.dead-letter", message, m =>
        {
            _deadLetters.Add(new DeadLetter(reason, m.Deliveries, m.Text));
            _messages.Remove(m);
        });

    private Task<bool> SettleAsync(string operation, ReceivedEscalation received, Action<Message> act)
    {
        _faults.Before(operation);
        lock (_lock)
        {
            if (_messages.FirstOrDefault(m => m.Id == received.Lease.MessageId && m.Receipt == received.Lease.Receipt) is not { } message)
            {
                return Task.FromResult(false);
            }

            act(message);
        }

        _faults.After(operation);
        return Task.FromResult(true);
    }

    private sealed class Message(string id, string text)
    {
        public string Id => id;

        public string Text => text;

        public string? Receipt { get; set; }

        public DateTimeOffset VisibleAt { get; set; }

        public long Deliveries { get; set; }
    }
}
