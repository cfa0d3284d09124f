using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Tests.Outages;

namespace TinySaver.Pipeline.Tests.Hosting;

public sealed class PollingLoopTests
{
    [Fact]
    public async Task RunAsync_FailureAfterASuccess_IsWaitedOutAsTheFirst()
    {
        var time = new FakeTimeProvider();
        var calls = new List<DateTimeOffset>();
        using var stop = new CancellationTokenSource();
        Task running = new PollingLoop(time, new Random(1), NullLogger.Instance).RunAsync(
            "Looking",
            _ =>
            {
                calls.Add(time.GetUtcNow());
                if (calls.Count == 14)
                    stop.Cancel();

                // Ten failures, two successes, and a failure again.
                return calls.Count is 11 or 12 or 14 ? Task.FromResult(false) : throw new IOException("away");
            },
            TimeSpan.FromSeconds(1),
            stop.Token);
        time.PassUntil(running, TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.True(calls[10] - calls[9] > TimeSpan.FromSeconds(5), "Ten failures in a row are waited out longer than one.");
        Assert.InRange(calls[13] - calls[12], TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }
}
