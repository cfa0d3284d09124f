using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Calibration.Watch;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Audits;

public sealed class GuaranteeGaugeTests : IAsyncLifetime
{
    private const string Policy = "0123456789ab";

    private readonly Faults _faults = new();
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryWatches _watches;
    private readonly GuaranteeGauge _gauge;

    public GuaranteeGaugeTests()
    {
        _watches = new(_faults);
        _gauge = new(_watches, Options.Create(new PipelineOptions { SafeMode = true }), _time, NullLogger<GuaranteeGauge>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var broken = new WatchState(new(0.01, true, 20, null, null, []), new() { Audits = 1, BrokenSince = DateTimeOffset.UnixEpoch }, [new double[7]]);
        Assert.True(await _watches.TryWriteAsync(new(Policy, default, default, broken, Tag: null), Cancellation));
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task IsBrokenAsync_FirstImagesOfAProcessAtOnce_AllWaitForTheAnswer()
    {
        var answered = new TaskCompletionSource();
        _faults.Pause = () => answered.Task;
        Task<bool>[] images = [.. Enumerable.Range(0, 3).Select(_ => _gauge.IsBrokenAsync(Policy, Cancellation).AsTask())];
        answered.SetResult();

        Assert.All(await Task.WhenAll(images), Assert.True);
    }

    [Fact]
    public async Task IsBrokenAsync_FirstCallIsCancelled_TheNextAsks()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        _faults.Pause = () => Task.FromCanceled(stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _gauge.IsBrokenAsync(Policy, stop.Token));
        _faults.Pause = null;

        Assert.True(await _gauge.IsBrokenAsync(Policy, Cancellation));
    }

    // As the clients throw where a request takes too long.
    [Fact]
    public async Task IsBrokenAsync_RequestTakesTooLong_TheLastAnswerHoldsAndNoImageIsHeldUp()
    {
        Assert.True(await _gauge.IsBrokenAsync(Policy, Cancellation));
        _time.Advance(TimeSpan.FromMinutes(1));
        _faults.Pause = () => Task.FromException(new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout."));

        Assert.True(await _gauge.IsBrokenAsync(Policy, Cancellation));
    }
}
