using Microsoft.Extensions.Logging.Abstractions;
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
}
