using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Hosting;

/// <summary>Ten minutes without storage in the middle of 600 images, by a clock that the test moves.</summary>
public sealed class OutageSpecs : IAsyncDisposable
{
    private const int Images = 600;

    // What triggers and queues allow: more would be a dead letter.
    private const int MaxDeliveries = 5;

    // Where an image never gets its row: a hundred times what the tests take.
    private const int HangMilliseconds = 120_000;

    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(10);

    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;
    private readonly LockedRandom _random = new(1);

    public OutageSpecs() => _pipeline = new MemoryPipeline(_cascade, maxDeliveries: MaxDeliveries);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Theory(Timeout = HangMilliseconds)]
    [InlineData("")]
    [InlineData("labels")]
    [InlineData("images")]
    [InlineData("escalations")]
    public async Task TheLocalHostLosesNothing_and_needs_nobody(string service)
    {
        IOptions<LocalPipelineOptions> local = Options.Create(new LocalPipelineOptions());
        var progress = new LocalProgress();
        Patience patience = FakeTime.Patience(_pipeline.Time, Timeout.InfiniteTimeSpan);
        var receiver = new EscalationReceiver(_pipeline.Large.ProcessAsync, _pipeline.Large.GiveUpAsync, patience, _pipeline.Time, _random, NullLogger<EscalationReceiver>.Instance);
        var pump = new EscalationPump(
            _pipeline.Queue, receiver, progress, local, Options.Create(_pipeline.Options), _pipeline.Time, _random, NullLogger<EscalationPump>.Instance);
        var host = new LocalPipeline(
            _pipeline.Images, _pipeline.Labels, _pipeline.Queue, _pipeline.Audits, _pipeline.Watcher, _pipeline.Cascades,
            new ImageWatcher(_pipeline.Images, _pipeline.Labels, local, _pipeline.Time, _random, NullLogger<ImageWatcher>.Instance), pump, _pipeline.Tiny, progress, patience,
            local, Options.Create(_pipeline.Options), _pipeline.Time, _random, NullLogger<LocalPipeline>.Instance);
        for (int i = 0; i < Images; i++)
            await _pipeline.UploadAsync($"batch/{i}.bmp", Content(i));

        BreakInTheMiddle(service);
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => host.RunAsync(stop.Token), Cancellation);
        await UntilAllAreLabelledAsync(running, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        await AssertRowsAsync();
    }

    [Theory(Timeout = HangMilliseconds)]
    [InlineData("")]
    [InlineData("labels")]
    [InlineData("escalations.send")]
    public async Task TheFunctionAppsLoseNothing_and_use_up_no_trigger(string service)
    {
        Patience patience = FakeTime.Patience(_pipeline.Time);
        var images = new ImageReceiver(_pipeline.Tiny, patience, NullLogger<ImageReceiver>.Instance);
        var receiver = new EscalationReceiver(_pipeline.Large.ProcessAsync, _pipeline.Large.GiveUpAsync, patience, _pipeline.Time, _random, NullLogger<EscalationReceiver>.Instance);
        int poisoned = 0;
        int announced = 0;
        using var stop = new CancellationTokenSource();

        // As the Functions host does: so many images at once, each again as soon as it fails, five times.
        async Task TriggerAsync()
        {
            while (Interlocked.Increment(ref announced) is int i && i <= Images)
            {
                string name = $"batch/{i - 1}.bmp";
                await _pipeline.UploadAsync(name, Content(i - 1));
                int tries = 0;
                while (tries < MaxDeliveries && !await TryAsync(() => images.ReceiveAsync(name, Cancellation)))
                    tries++;

                poisoned += tries < MaxDeliveries ? 0 : 1;
            }
        }

        async Task TriggerBatchesAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                IReadOnlyList<IEscalationMessage> messages = await _pipeline.Queue.ReceiveAsync(64, Cancellation);
                await receiver.ReceiveAsync(messages, null, Cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _pipeline.Time, Cancellation);
            }
        }

        // Service Bus itself gives out its messages.
        BreakInTheMiddle(service, except: "escalations.receive");
        var running = Task.WhenAll([.. Enumerable.Range(0, 16).Select(_ => Task.Run(TriggerAsync, Cancellation)), Task.Run(TriggerBatchesAsync, Cancellation)]);
        await UntilAllAreLabelledAsync(running, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await _pipeline.Time.PassUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        await running;

        Assert.Equal(0, poisoned);
        await AssertRowsAsync();
    }

    private static byte[] Content(int i) => (i % 5) switch { 0 or 1 => TestImages.Green, 2 or 3 => TestImages.Unsure, _ => TestImages.NotAnImage };

    // When a third of the rows is written, for ten minutes.
    private void BreakInTheMiddle(string service, string? except = null)
    {
        int rows = 0;
        long end = 0;
        _pipeline.Faults.Outage = operation =>
        {
            if (operation == "labels.insert" && Interlocked.Increment(ref rows) == Images / 3)
                Volatile.Write(ref end, (_pipeline.Time.GetUtcNow() + Outage).Ticks);

            return _pipeline.Time.GetUtcNow().Ticks < Volatile.Read(ref end) && operation.StartsWith(service, StringComparison.Ordinal) && operation != except;
        };
    }

    private async Task UntilAllAreLabelledAsync(Task running, CancellationToken hanging)
    {
        while (_pipeline.Labels.Final < Images)
        {
            if (running.IsCompleted)
            {
                // What it failed with says more.
                await running;
                Assert.Fail("It ended by itself.");
            }

            Assert.False(hanging.IsCancellationRequested, $"Only {_pipeline.Labels.Final} of {Images} images get their row.");
            await PassAsync();
        }
    }

    // The images' own work takes no time by this clock, which may run ahead of it as it likes: locks are renewed as it goes.
    private async Task PassAsync()
    {
        _pipeline.Time.Pass(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        await Task.Yield();
    }

    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (RequestFailedException)
        {
            return false;
        }
    }

    private async Task AssertRowsAsync()
    {
        Assert.True(_pipeline.Faults.Crashes > 10, "The outage was not met.");
        Assert.Equal(0, _pipeline.Queue.DeadLetterCount);
        Assert.InRange(_pipeline.Queue.MostDeliveries, 1, MaxDeliveries);
        var rows = new Dictionary<string, LabelRow>();
        await foreach (StoredRow stored in _pipeline.Labels.QueryAsync(LabelQuery.All, Cancellation))
            rows.Add(stored.Row.Name, stored.Row);

        Assert.Equal(Images, rows.Count);
        for (int i = 0; i < Images; i++)
        {
            LabelRow row = rows[$"batch/{i}.bmp"];
            (LabelStatus, string?, Decider?, FailureReason?) expected = (i % 5) switch
            {
                0 or 1 => (LabelStatus.Labelled, "green", Decider.Tiny, null),
                2 or 3 => (LabelStatus.Labelled, "red", Decider.Large, null),
                _ => (LabelStatus.Failed, null, null, FailureReason.NotAnImage),
            };
            Assert.Equal(expected, (row.Status, row.Label, row.DecidedBy, row.Reason));
        }
    }
}
