using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Hosting;

public sealed class EscalationPumpTests : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;
    private readonly LocalProgress _progress = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EscalationPump _pump;

    public EscalationPumpTests()
    {
        _pipeline = new MemoryPipeline(_cascade, maxDeliveries: 3);
        var random = new LockedRandom(1);
        _pump = new EscalationPump(
            _pipeline.Queue,
            new EscalationReceiver(
                _pipeline.Large.ProcessAsync, _pipeline.Large.GiveUpAsync, FakeTime.Patience(_pipeline.Time, Timeout.InfiniteTimeSpan), _pipeline.Time, random, NullLogger<EscalationReceiver>.Instance),
            _progress,
            Options.Create(new LocalPipelineOptions()),
            Options.Create(_pipeline.Options),
            _pipeline.Time,
            random,
            NullLogger<EscalationPump>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _stop.Dispose();
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_Escalations_AreAnsweredAndCounted()
    {
        for (int i = 0; i < 50; i++)
            await _pipeline.LabelAsync($"{i}", TestImages.Unsure);

        await RunUntilAsync(() => _pipeline.Labels.Final == 50 && _progress.LabelledByLarge == 50, TestContext.Current.CancellationToken);

        Assert.Equal(0, await _pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_EscalationThatFailsEachTime_EndsAsAFailedRow()
    {
        await _pipeline.LabelAsync("sad", TestImages.Unsure);
        await _pipeline.LabelAsync("glad", TestImages.Unsure);
        int opens = 0;

        // Of two images, whose order is not given, the first to be opened fails, at each delivery.
        _pipeline.Faults.CrashBefore = operation => operation == "images.open" && Interlocked.Increment(ref opens) != 2;

        await RunUntilAsync(() => _progress.Failed == 1 && _progress.LabelledByLarge == 1, TestContext.Current.CancellationToken);

        LabelRow[] rows = [(await _pipeline.RowAsync("sad"))!, (await _pipeline.RowAsync("glad"))!];
        LabelRow row = Assert.Single(rows, r => r.Status == LabelStatus.Failed);
        Assert.Equal(FailureReason.RetriesExhausted, row.Reason);
        Assert.Contains("after 3 deliveries; the last failed with: Injected crash", row.ReasonDetail, StringComparison.Ordinal);
        Assert.Equal(("red", 0), (row.TinyLabel, row.TinyClassIndex));
        Assert.NotNull(row.TinyConfidence);
        Assert.Equal(0, _pipeline.Queue.DeadLetterCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_ForeignMessage_IsDoneWithAndHoldsUpNoOther()
    {
        await _pipeline.Queue.SendTextAsync("not json");
        await _pipeline.LabelAsync("a", TestImages.Unsure);

        await RunUntilAsync(() => _pipeline.Labels.Final == 1 && _pipeline.Queue.IsEmpty, TestContext.Current.CancellationToken);

        Assert.Equal(0, _progress.Failed);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_DeadLetterWhoseRowCannotBeWritten_HoldsUpNoOther()
    {
        foreach (string name in (string[])["a", "b"])
            await _pipeline.LabelAsync(name, TestImages.Unsure);

        foreach (IEscalationMessage message in await _pipeline.Queue.ReceiveAsync(2, Cancellation))
            await message.SettleAsync(new Settlement(SettlementKind.DeadLetter, "r", "given up"), Cancellation);

        int writes = 0;
        _pipeline.Faults.CrashBefore = operation => operation == "labels.insert" && Interlocked.Increment(ref writes) == 1;

        await RunUntilAsync(() => _progress.Failed == 1, TestContext.Current.CancellationToken);

        Assert.Equal(1, _pipeline.Queue.DeadLetterCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_ManyDeadLetters_AreRecordedWithoutAPause()
    {
        int count = 3 * _pipeline.Options.LargeBatchSize;
        for (int i = 0; i < count; i++)
            await _pipeline.LabelAsync($"{i}", TestImages.Unsure);

        foreach (IEscalationMessage message in await _pipeline.Queue.ReceiveAsync(count, Cancellation))
            await message.SettleAsync(new Settlement(SettlementKind.DeadLetter, "r", "given up"), Cancellation);

        // The clock stands still.
        var running = Task.Run(() => _pump.RunAsync(_stop.Token), Cancellation);
        await _pipeline.Time.PassUntilAsync(() => _progress.Failed >= count, TimeSpan.Zero, TestContext.Current.CancellationToken);

        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_QueueThatFailsForDays_IsStillAskedTwiceAMinute()
    {
        int asked = 0;
        _pipeline.Faults.CrashBefore = operation => operation == "escalations.receive" && Interlocked.Increment(ref asked) > 0;
        Task running = _pump.RunAsync(_stop.Token);
        _pipeline.Time.Pass(TimeSpan.FromDays(1), TimeSpan.FromSeconds(10));
        await StopAsync(running);

        // Two loops, half a minute at most.
        Assert.InRange(asked, 2 * 24 * 60, 2 * 24 * 60 * 7);
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_Cancelled_GivesBackWhatItHolds()
    {
        await _pipeline.LabelAsync("a", TestImages.Unsure);
        _pipeline.Faults.Outage = operation => operation == "images.open";
        Task running = _pump.RunAsync(_stop.Token);
        await _pipeline.Time.PassUntilAsync(() => _pipeline.Faults.Crashes > 0, TimeSpan.Zero, TestContext.Current.CancellationToken);
        await StopAsync(running);

        Assert.Single(await _pipeline.Queue.ReceiveAsync(1, Cancellation));
    }

    private async Task RunUntilAsync(Func<bool> done, CancellationToken cancellationToken)
    {
        var running = Task.Run(() => _pump.RunAsync(_stop.Token), cancellationToken);
        await _pipeline.Time.PassUntilAsync(() => done() || running.IsCompleted, TimeSpan.FromMilliseconds(50), cancellationToken);
        Assert.False(running.IsCompleted, "The pump ended by itself.");
        await StopAsync(running);
    }

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
