using System.Text;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The escalation queue's twin: locks by the given clock, delivery counts, dead letters.</summary>
public sealed class InMemoryEscalations(TimeProvider time, TimeSpan lockDuration, int maxDeliveries, Faults? faults = null) : IEscalations
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly List<Entry> _messages = [];
    private readonly List<Entry> _deadLetters = [];
    private readonly Lock _lock = new();
    private int _sent;

    /// <summary>How often the message that was delivered most was.</summary>
    public long MostDeliveries { get; private set; }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) =>
        SendTextAsync(Encoding.UTF8.GetString(EscalationJson.Write(escalation)));

    /// <summary>Sends any text, as another program might.</summary>
    public async Task SendTextAsync(string text)
    {
        await _faults.PauseAsync();
        _faults.Before("escalations.send");
        lock (_lock)
            _messages.Add(new Entry(text, _sent++) { VisibleAt = time.GetUtcNow() });

        _faults.After("escalations.send");
    }

    public Task<long> GetBacklogAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult((long)_messages.Count);
    }

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        _faults.Before("escalations.check");
        return Task.CompletedTask;
    }

    /// <summary>Whether nothing waits, dead letters included.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _messages.Count + _deadLetters.Count == 0;
        }
    }

    /// <summary>How many dead letters wait.</summary>
    public int DeadLetterCount
    {
        get
        {
            lock (_lock)
                return _deadLetters.Count;
        }
    }

    public Task<IReadOnlyList<IEscalationMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        _faults.Before("escalations.receive");
        lock (_lock)
        {
            List<Message> received = Take(_messages, max);
            foreach (Message message in received.Where(m => m.DeliveryCount > maxDeliveries))
            {
                message.Entry.DeadLetterReason = $"delivered {message.DeliveryCount - 1} times";
                Bury(message.Entry);
            }

            MostDeliveries = received.Select(m => m.DeliveryCount).Append(MostDeliveries).Max();
            return Task.FromResult<IReadOnlyList<IEscalationMessage>>([.. received.Where(m => m.DeliveryCount <= maxDeliveries)]);
        }
    }

    public Task<IReadOnlyList<IEscalationMessage>> ReceiveDeadLettersAsync(int max, CancellationToken cancellationToken)
    {
        _faults.Before("escalations.receive-dead");
        lock (_lock)
            return Task.FromResult<IReadOnlyList<IEscalationMessage>>(Take(_deadLetters, max));
    }

    private List<Message> Take(List<Entry> queue, int max)
    {
        DateTimeOffset now = time.GetUtcNow();
        var taken = new List<Message>();
        foreach (Entry entry in queue.Where(m => m.VisibleAt <= now).OrderBy(m => m.VisibleAt).ThenBy(m => m.Number).Take(max))
        {
            entry.VisibleAt = now + lockDuration;
            taken.Add(new Message(this, queue, entry, ++entry.Deliveries));
        }

        return taken;
    }

    private void Bury(Entry entry)
    {
        _messages.Remove(entry);
        entry.VisibleAt = time.GetUtcNow();
        _deadLetters.Add(entry);
    }

    private sealed class Entry(string text, int number)
    {
        public string Text => text;

        public int Number => number;

        public DateTimeOffset VisibleAt { get; set; }

        public long Deliveries { get; set; }

        public string? DeadLetterReason { get; set; }
    }

    private sealed class Message(InMemoryEscalations owner, List<Entry> queue, Entry entry, long delivery) : IEscalationMessage
    {
        private bool _done;

        public Entry Entry => entry;

        public ReadOnlyMemory<byte> Body => Encoding.UTF8.GetBytes(entry.Text);

        public long DeliveryCount => delivery;

        public string? DeadLetterReason => entry.DeadLetterReason;

        public TimeSpan LockDuration => owner.LockDuration;

        public Task<bool> RenewLockAsync(CancellationToken cancellationToken) =>
            ActAsync("escalations.renew", () => entry.VisibleAt = owner.Now + owner.LockDuration);

        public Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken)
        {
            SettlementKind kind = settlement.Kind == SettlementKind.Abandon && delivery >= owner.MaxDeliveries ? SettlementKind.DeadLetter : settlement.Kind;
            return ActAsync(
                kind switch { SettlementKind.Complete => "escalations.complete", SettlementKind.Abandon => "escalations.abandon", _ => "escalations.dead-letter" },
                () =>
                {
                    _done = true;
                    switch (kind)
                    {
                        case SettlementKind.Complete:
                            queue.Remove(entry);
                            break;
                        case SettlementKind.Abandon:
                            entry.VisibleAt = owner.Now;
                            break;
                        default:
                            entry.DeadLetterReason = settlement.Description;
                            owner.Bury(entry);
                            break;
                    }
                });
        }

        private Task<bool> ActAsync(string operation, Action act)
        {
            owner.Faults.Before(operation);
            lock (owner.Sync)
            {
                if (_done || entry.Deliveries != delivery || !queue.Contains(entry))
                    return Task.FromResult(false);

                act();
            }

            owner.Faults.After(operation);
            return Task.FromResult(true);
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private TimeSpan LockDuration => lockDuration;

    private int MaxDeliveries => maxDeliveries;

    private Faults Faults => _faults;

    private Lock Sync => _lock;
}
