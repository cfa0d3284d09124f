using System.Collections.Concurrent;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

/// <summary>Messages in memory that remember how they were settled.</summary>
public sealed class MemoryMessages(params IReadOnlyList<byte[]> bodies) : IEscalationMessages
{
    private readonly ConcurrentDictionary<int, int> _renewals = new();

    public int Count => bodies.Count;

    public ConcurrentDictionary<int, Settlement> Settled { get; } = new();

    /// <summary>Thrown by each settlement and renewal, where set.</summary>
    public Exception? Fault { get; set; }

    public ReadOnlyMemory<byte> Body(int index) => bodies[index];

    public int DeliveryCount(int index) => 1;

    public int Renewals(int index) => _renewals.GetValueOrDefault(index);

    public Task SettleAsync(int index, Settlement settlement, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault is not null)
        {
            throw Fault;
        }

        Assert.True(Settled.TryAdd(index, settlement), $"Message {index} was settled twice.");
        return Task.CompletedTask;
    }

    public Task RenewLockAsync(int index, CancellationToken cancellationToken)
    {
        _renewals.AddOrUpdate(index, 1, (_, n) => n + 1);
        return Fault is null ? Task.CompletedTask : Task.FromException(Fault);
    }
}
