using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>A message in memory that remembers how it was settled.</summary>
public sealed class MemoryMessage(ReadOnlyMemory<byte> body) : IEscalationMessage
{
    private int _renewals;

    /// <summary>A message of an escalation whose name alone matters.</summary>
    public static MemoryMessage Of(string name) => new(EscalationJson.Write(SampleEscalation.Of(name)));

    /// <summary>Thrown by the body, where set: Service Bus does so where a body is no text.</summary>
    public Exception? BodyFault { get; init; }

    /// <summary>Thrown by each settlement and renewal, where set.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What happens while a lock is renewed, where set.</summary>
    public Action? Renewing { get; init; }

    public ReadOnlyMemory<byte> Body => BodyFault is null ? body : throw BodyFault;

    public long DeliveryCount { get; init; } = 1;

    public string? DeadLetterReason { get; init; }

    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How it was settled; null where nobody has. Nobody may settle it twice.</summary>
    public Settlement? Settled
    {
        get
        {
            Assert.InRange(Settlements, 0, 1);
            return field;
        }

        private set;
    }

    /// <summary>How often somebody settled it; once is right.</summary>
    public int Settlements { get; private set; }

    public int Renewals => Volatile.Read(ref _renewals);

    public Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Settlements++;
        if (Fault is not null)
            throw Fault;

        Settled = settlement;
        return Task.FromResult(true);
    }

    public Task<bool> RenewLockAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renewals);
        Renewing?.Invoke();
        return Fault is null ? Task.FromResult(true) : Task.FromException<bool>(Fault);
    }
}
