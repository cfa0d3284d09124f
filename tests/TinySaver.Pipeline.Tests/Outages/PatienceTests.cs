using Azure;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.Outages;

public sealed class PatienceTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAsync_OutageThatEnds_IsWaitedOut()
    {
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(4);
        int tries = 0;
        Task<int> trying = FakeTime.Patience(_time).TryAsync(
            "x",
            _ => ++tries > 0 && _time.GetUtcNow() < end ? throw new RequestFailedException(503, "busy") : Task.FromResult(7),
            Cancellation);

        TimeSpan waited = _time.PassUntil(trying, TimeSpan.FromSeconds(0.1));

        Assert.Equal(7, await trying);
        Assert.InRange(waited, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(4.5));

        // Half a minute at most, and drawn: neither a storm nor in step.
        Assert.InRange(tries, 11, 25);
    }

    [Fact]
    public async Task TryAsync_LongerOutage_EndsWithinTheTimeOfACall()
    {
        Task trying = FakeTime.Patience(_time).TryAsync("x", _ => Task.FromException(new IOException("away")), Cancellation);

        TimeSpan waited = _time.PassUntil(trying, TimeSpan.FromSeconds(1));

        Assert.Equal("away", (await Assert.ThrowsAsync<IOException>(() => trying)).Message);
        Assert.InRange(waited, Patience.OfOneCall - Backoff.Standard.Longest, Patience.OfOneCall);
    }

    [Fact]
    public async Task TryAsync_EndlessPatience_OutlastsAnyOutage()
    {
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromDays(1);
        Task trying = FakeTime.Patience(_time, Timeout.InfiniteTimeSpan).TryAsync(
            "x", _ => _time.GetUtcNow() < end ? Task.FromException(new IOException("away")) : Task.CompletedTask, Cancellation);

        _time.PassUntil(trying, TimeSpan.FromSeconds(10));
        await trying;
    }

    [Fact]
    public async Task TryAsync_FailureForAnotherReason_IsThrownAtOnce() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => FakeTime.Patience(_time).TryAsync("x", _ => Task.FromException(new InvalidOperationException("the model")), Cancellation));

    [Fact]
    public async Task TryAsync_Cancelled_EndsTheWait()
    {
        using var stop = new CancellationTokenSource();
        Task trying = FakeTime.Patience(_time).TryAsync("x", _ => Task.FromException(new IOException("away")), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }
}
