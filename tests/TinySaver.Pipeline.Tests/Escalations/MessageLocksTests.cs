using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Escalations;

public sealed class MessageLocksTests
{
    [Fact]
    public async Task SettleAsync_Twice_SettlesOnce()
    {
        var message = new MemoryMessage("x"u8.ToArray());
        using var locks = new MessageLocks([message], TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

        await locks.SettleAsync(message, Settlement.Complete);
        await locks.SettleAsync(message, Settlement.Abandon("late"));

        Assert.Equal((Settlement.Complete, 1, 0), (message.Settled, message.Settlements, locks.Open));
    }

    [Fact]
    public async Task RenewAsync_EndsWhileARenewalFails_IsNoFailure()
    {
        var time = new FakeTimeProvider();
        using var done = new CancellationTokenSource();
        var message = new MemoryMessage("x"u8.ToArray()) { Renewing = done.Cancel, Fault = new RequestFailedException(503, "The service is away.") };
        using var locks = new MessageLocks([message], TimeSpan.FromSeconds(1), time, NullLogger.Instance, TestContext.Current.CancellationToken);

        Task renewing = locks.RenewAsync(done.Token);
        time.Advance(message.LockDuration);
        await renewing;

        Assert.Equal((1, 1), (message.Renewals, locks.Open));
    }
}
