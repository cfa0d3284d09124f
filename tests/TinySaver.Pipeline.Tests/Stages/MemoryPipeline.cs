using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>Both stages over the in-memory twins.</summary>
public sealed class MemoryPipeline : IAsyncDisposable
{
    private readonly StageSet _stages;

    public MemoryPipeline(TestCascade cascade, Action<PipelineOptions>? configure = null, int seed = 1, int maxDeliveries = 100)
    {
        configure?.Invoke(Options);
        Images = new InMemoryImages(Time, new Random(seed), Faults);
        Labels = new InMemoryLabels(Time, Faults);
        Queue = new InMemoryEscalations(Time, TimeSpan.FromSeconds(60), maxDeliveries, Faults);
        Audits = new InMemoryAudits(Faults);
        Watches = new InMemoryWatches(Faults);
        _stages = new StageSet(Images, Labels, Queue, cascade, Time, Options, Audits, Watches);
    }

    public PipelineOptions Options { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public Faults Faults { get; } = new();

    public InMemoryImages Images { get; }

    public InMemoryLabels Labels { get; }

    public InMemoryEscalations Queue { get; }

    public InMemoryAudits Audits { get; }

    public InMemoryWatches Watches { get; }

    public GuaranteeWatcher Watcher => _stages.Watcher;

    public CascadeHost Cascades => _stages.Cascades;

    /// <inheritdoc cref="StageSet.Unpooled"/>
    public long Unpooled => _stages.Unpooled;

    public TinyStage Tiny => _stages.Tiny;

    public LargeStage Large => _stages.Large;

    public System.Diagnostics.Metrics.IMeterFactory Meters => _stages.Meters;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<ImageVersion> UploadAsync(string name, byte[] content) => Images.UploadAsync(name, new MemoryStream(content), [], Cancellation);

    /// <summary>Uploads an image and announces it to the tiny stage.</summary>
    public async Task<TinyResult> LabelAsync(string name, byte[] content)
    {
        ImageVersion version = await UploadAsync(name, content);
        return await Tiny.ProcessAsync(new ImageReference(name, version.ETag), Cancellation);
    }

    /// <summary>Labels an image that must be escalated, and takes a copy of its message.</summary>
    public async Task<MemoryMessage> EscalateAsync(string name, byte[] content)
    {
        Assert.Equal(TinyOutcome.Escalated, (await LabelAsync(name, content)).Outcome);
        return new MemoryMessage((await Queue.ReceiveAsync(1, Cancellation)).Single().Body);
    }

    public async Task<LabelRow?> RowAsync(string name) => (await Labels.GetAsync(name, Cancellation))?.Row;

    /// <summary>Gives what waits on the queue to the large stage in one call, and settles it.</summary>
    public async Task<IReadOnlyList<EscalationResult>> PumpAsync()
    {
        IReadOnlyList<IEscalationMessage> messages = await Queue.ReceiveAsync(1_000, Cancellation);
        Escalation[] escalations = [.. messages.Select(m => EscalationJson.Read(m.Body))];
        return await Large.ProcessAsync(
            escalations,
            (index, result) => result.Outcome == EscalationOutcome.Retry
                ? messages[index].SettleAsync(Settlement.Abandon(result.Error!.Message), Cancellation)
                : messages[index].SettleAsync(Settlement.Complete, Cancellation),
            Cancellation);
    }

    public ValueTask DisposeAsync() => _stages.DisposeAsync();
}
