using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;
using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Telemetry;
using TinySaver.Pipeline.Tests.Emulator;

namespace TinySaver.Pipeline.Tests.Hosting;

/// <summary>What the plan's simulation makes of the service times of a run on this machine, against what that run took.</summary>
public sealed class PlanAgreementSpecs(AzuriteFixture azurite)
{
    private const int Batch = 16;
    private const int Loops = 2;

    private static readonly string[] Samples = [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_times_of_a_run_tell_the_simulation_all_that_it_asks()
    {
        Run run = await RunAsync(images: 70, inFlight: 8);
        PlanOutcome outcome = Simulate(run, seed: 1);

        Assert.Equal((70, run.Batches.Sum(b => b.Images)), (run.Latencies.Count, run.Escalated.Count));
        Assert.InRange(run.Escalated.Count, 1, 69);
        Assert.True(run.EventSeconds > 0 && run.CpuSeconds > 0 && run.TinySeconds > run.CpuSeconds && run.ImageSeconds > 0 && run.BatchSeconds >= 0, run.ToString());

        // No image leaves before it is announced, and they leave by as many as are in flight.
        Assert.True(outcome.Latency.Quantile(0.01) > 0.98 * run.EventSeconds);
        Assert.True(outcome.LastLabel > outcome.Latency.Count / run.InFlight * run.TinySeconds);
    }

    /// <summary>By hand, since it holds clocks against each other; docs/plan.md has what it printed.</summary>
    /// <remarks>The service times are the same run's: from one run to the next a shared machine is twice as fast or half.</remarks>
    [Fact(Explicit = true)]
    public async Task The_simulation_agrees_with_a_run_within_15_percent()
    {
        _ = await RunAsync(images: 140, inFlight: 8);
        var misses = new List<string>();
        foreach (int inFlight in (int[])[2, 4, 8, 16, 2, 4, 8, 16])
        {
            Run run = await RunAsync(images: 700, inFlight);
            PlanOutcome[] simulated = [.. Enumerable.Range(0, 20).Select(seed => Simulate(run, seed))];
            (double Run, double Simulated)[] pairs =
            [
                (run.Latencies.Count / run.Latencies.Max(), simulated.Average(o => o.Latency.Count) / simulated.Average(o => o.LastLabel)),
                (run.Latencies.Average(), simulated.Average(o => o.Latency.Mean)),
                (run.Escalated.Average(), simulated.Average(o => o.Escalated.Mean)),
            ];
            string line = FormattableString.Invariant($"| {inFlight} | {1000 * run.CpuSeconds:0} + {1000 * (run.TinySeconds - run.CpuSeconds):0} ms | {1000 * run.BatchSeconds:0} + {1000 * run.ImageSeconds:0}·n ms |")
                + string.Concat(pairs.Select(p => FormattableString.Invariant($" {p.Run:0.00} | {p.Simulated:0.00} | {p.Simulated / p.Run:0.00} |")));
            TestContext.Current.TestOutputHelper!.WriteLine(line);
            if (pairs.Any(p => p.Simulated / p.Run is < 0.85 or > 1.15))
                misses.Add(line);
        }

        Assert.Empty(misses);
    }

    private static PlanOutcome Simulate(Run run, int seed)
    {
        // All images are there at once; the local host has one process from the start, and two loops that take batches.
        var platform = new Platform { EventSeconds = run.EventSeconds, FlexLookSeconds = 0.01, FlexStartSeconds = 0, BatchSeconds = run.BatchSeconds };
        var day = new PlanSimulation(new(0.001, [run.Latencies.Count]), 1 - (run.Escalated.Count / (double)run.Latencies.Count), platform, Prices.Default.Function, seed);
        var tiny = new TinySettings(2048, Environment.ProcessorCount, run.InFlight, run.CpuSeconds, run.TinySeconds - run.CpuSeconds, 1);
        return day.Cascade(tiny, [new(Batch, run.ImageSeconds, Loops, Loops, Gpu: false)])[0];
    }

    private async Task<Run> RunAsync(int images, int inFlight)
    {
        StorageOptions names = azurite.NewOptions();
        await using ServiceProvider services = Build(names, inFlight);
        using var clock = new ServiceClock(services.GetRequiredService<IMeterFactory>(), names.ImagesContainer);
        LocalPipeline pipeline = services.GetRequiredService<LocalPipeline>();
        await pipeline.PrepareAsync(Cancellation);
        IImageStore store = services.GetRequiredService<IImageStore>();
        await Parallel.ForEachAsync(Enumerable.Range(0, images), Cancellation, async (i, token) =>
        {
            byte[] content = await File.ReadAllBytesAsync(Samples[i % Samples.Length], token);
#pragma warning disable CA5351 // What blob storage knows an image's bytes by.
            await store.UploadAsync($"{names.ImagesContainer}/{i}.jpg", new MemoryStream(content), MD5.HashData(content), token);
#pragma warning restore CA5351
        });

        DateTimeOffset began = DateTimeOffset.UtcNow;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task running = pipeline.RunAsync(stop.Token);
        while (pipeline.Progress.LabelledByTiny + pipeline.Progress.LabelledByLarge < images)
        {
            Assert.False(running.IsCompleted, "The pipeline ended by itself.");
            await Task.Delay(20, Cancellation);
        }

        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        List<double> latencies = [], escalated = [];
        await foreach (StoredRow row in services.GetRequiredService<ILabelStore>().QueryAsync(LabelQuery.All, Cancellation))
        {
            latencies.Add((row.WrittenAt - began).TotalSeconds);
            if (row.Row.DecidedBy == Decider.Large)
                escalated.Add(latencies[^1]);
        }

        return new(inFlight, latencies, escalated, (clock.First - began).TotalSeconds, clock.Computing / images, clock.Working / images, [.. services.GetRequiredService<TimedEscalations>().Batches]);
    }

    private static ServiceProvider Build(StorageOptions names, int inFlight)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TinySaver:Storage:ConnectionString"] = names.ConnectionString,
            ["TinySaver:Storage:ImagesContainer"] = names.ImagesContainer,
            ["TinySaver:Storage:LabelsTable"] = names.LabelsTable,
            ["TinySaver:Storage:AuditsTable"] = names.AuditsTable,
            ["TinySaver:Storage:EscalationsQueue"] = names.EscalationsQueue,
            ["TinySaver:Storage:JobsTable"] = names.JobsTable,
            ["TinySaver:Storage:JobsQueue"] = names.JobsQueue,
            ["TinySaver:Storage:ChunksQueue"] = names.ChunksQueue,
            ["TinySaver:Storage:JobsContainer"] = names.JobsContainer,
            ["TinySaver:Storage:ResultsContainer"] = names.ResultsContainer,
            ["TinySaver:Cascade:PolicyPath"] = RepositoryPaths.OneSaverPolicy,
            ["TinySaver:Pipeline:ImagesInFlight"] = $"{inFlight}",
            ["TinySaver:Pipeline:LargeBatchSize"] = $"{Batch}",
            ["TinySaver:Local:LargeBatches"] = $"{Loops}",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(s => new TimedEscalations(s.GetRequiredService<StorageEscalations>()));
        services.AddSingleton<IEscalations>(s => s.GetRequiredService<TimedEscalations>());
        services.AddLocalPipeline(configuration).AddAzureStorage(configuration).AddStorageEscalations();
        return services.BuildServiceProvider();
    }

    /// <summary>What a run took: the latencies of all images and of the escalated ones, when the first was taken up, and the service times.</summary>
    private sealed record Run(
        int InFlight, List<double> Latencies, List<double> Escalated, double EventSeconds, double CpuSeconds, double TinySeconds, (int Images, double Seconds)[] Batches)
    {
        /// <summary>Seconds that a batch takes by its images: the slope of the line through all of them.</summary>
        public double ImageSeconds
        {
            get
            {
                double images = Batches.Average(b => b.Images), seconds = Batches.Average(b => b.Seconds);
                double slope = Batches.Sum(b => (b.Images - images) * (b.Seconds - seconds)) / Math.Max(1e-9, Batches.Sum(b => Math.Pow(b.Images - images, 2)));
                return Math.Clamp(slope, 0.05 * seconds / images, seconds / images);
            }
        }

        public double BatchSeconds => Batches.Average(b => b.Seconds) - (ImageSeconds * Batches.Average(b => b.Images));
    }

    /// <summary>Sums what the tiny stage takes for the images of one run: as a whole, and of that what it computes.</summary>
    private sealed class ServiceClock : IDisposable
    {
        private readonly ActivityListener _activities;
        private readonly MeterListener _steps = new();
        private readonly Lock _lock = new();

        public ServiceClock(IMeterFactory meters, string prefix)
        {
            _activities = new()
            {
                ShouldListenTo = source => source.Name == PipelineTelemetry.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.OperationName == "tinysaver.tiny" && activity.GetTagItem("tinysaver.image") is string name && name.StartsWith(prefix + "/", StringComparison.Ordinal))
                        Add(activity.StartTimeUtc, activity.Duration);
                },
            };
            ActivitySource.AddActivityListener(_activities);
            _steps.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "tinysaver.stage.duration" && ReferenceEquals(instrument.Meter.Scope, meters))
                    listener.EnableMeasurementEvents(instrument);
            };
            _steps.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
            {
                if (tags[0].Value is "tiny" && tags[1].Value is "decode" or "infer")
                {
                    lock (_lock)
                        Computing += seconds;
                }
            });
            _steps.Start();
        }

        public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;

        public double Computing { get; private set; }

        public double Working { get; private set; }

        public void Dispose()
        {
            _activities.Dispose();
            _steps.Dispose();
        }

        private void Add(DateTime start, TimeSpan duration)
        {
            lock (_lock)
            {
                First = start < First ? start : First;
                Working += duration.TotalSeconds;
            }
        }
    }

    /// <summary>The queue of a run, which writes down how long each batch takes from the asking for it to its last settlement.</summary>
    private sealed class TimedEscalations(StorageEscalations queue) : IEscalations
    {
        public ConcurrentQueue<(int Images, double Seconds)> Batches { get; } = new();

        public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) => queue.SendAsync(escalation, cancellationToken);

        public Task<long> GetBacklogAsync(CancellationToken cancellationToken) => queue.GetBacklogAsync(cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) => queue.CheckAsync(cancellationToken);

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => queue.EnsureCreatedAsync(cancellationToken);

        public Task<IReadOnlyList<IEscalationMessage>> ReceiveDeadLettersAsync(int max, CancellationToken cancellationToken) => queue.ReceiveDeadLettersAsync(max, cancellationToken);

        public async Task<IReadOnlyList<IEscalationMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<IEscalationMessage> messages = await queue.ReceiveAsync(max, cancellationToken);
            int left = messages.Count;
            return [.. messages.Select(m => new TimedMessage(m, () =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    Batches.Enqueue((messages.Count, Stopwatch.GetElapsedTime(start).TotalSeconds));
            }))];
        }
    }

    private sealed class TimedMessage(IEscalationMessage message, Action settled) : IEscalationMessage
    {
        public ReadOnlyMemory<byte> Body => message.Body;

        public long DeliveryCount => message.DeliveryCount;

        public string? DeadLetterReason => message.DeadLetterReason;

        public TimeSpan LockDuration => message.LockDuration;

        public Task<bool> RenewLockAsync(CancellationToken cancellationToken) => message.RenewLockAsync(cancellationToken);

        public async Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken)
        {
            bool held = await message.SettleAsync(settlement, cancellationToken);
            settled();
            return held;
        }
    }
}
