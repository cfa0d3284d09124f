using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Telemetry;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>Both stages, with real models, over any ports.</summary>
public sealed class StageSet : IAsyncDisposable
{
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private readonly MeterListener _listener = new();
    private int _largeInferences;
    private long _wastedInferences;
    private long _unpooled;

    public StageSet(
        IImageStore images, ILabelStore labels, IEscalationSender escalations, TestCascade cascade, TimeProvider time, PipelineOptions pipelineOptions,
        IAuditStore? audits = null, IWatchStore? watches = null)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        IOptions<PipelineOptions> options = Options.Create(pipelineOptions);
        Meters = _metrics.GetRequiredService<IMeterFactory>();
        Cascades = new CascadeHost(
            new FolderCascadeFiles(cascade.PolicyPath),
            Options.Create(new CascadeSourceOptions { Savers = true, Large = true }),
            time,
            NullLogger<CascadeHost>.Instance);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "tinysaver.batch.size" or "tinysaver.inferences.wasted" or "tinysaver.large.unpooled" && ReferenceEquals(instrument.Meter.Scope, Meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, images, _, _) => Interlocked.Add(ref _largeInferences, images));
        _listener.SetMeasurementEventCallback<long>((instrument, images, _, _) =>
            Interlocked.Add(ref instrument.Name == "tinysaver.large.unpooled" ? ref _unpooled : ref _wastedInferences, images));
        _listener.Start();
        var writer = new LabelWriter(labels, images);
        var budgets = new PipelineBudgets(options);
        var telemetry = new PipelineTelemetry(Meters.Create(PipelineTelemetry.SourceName));
        var backlog = new BacklogGauge(escalations, options, time, NullLogger<BacklogGauge>.Instance);
        watches ??= new InMemoryWatches();
        audits ??= new InMemoryAudits();
        var guarantee = new GuaranteeGauge(watches, options, time, NullLogger<GuaranteeGauge>.Instance);
        Watcher = new GuaranteeWatcher(audits, watches, Cascades, options, telemetry, time, NullLogger<GuaranteeWatcher>.Instance);
        Tiny = new TinyStage(
            images, labels, writer, escalations, Cascades, budgets, backlog, guarantee, options, telemetry, time, NullLogger<TinyStage>.Instance);
        Large = new LargeStage(
            images, labels, writer, Cascades, new(audits, telemetry, NullLogger<AuditWriter>.Instance), budgets, options, telemetry, time,
            NullLogger<LargeStage>.Instance);
    }

    public IMeterFactory Meters { get; }

    /// <summary>How many images the large model has been asked about.</summary>
    public int LargeInferences => _largeInferences;

    /// <summary>How many of its answers were not written, as the telemetry counts them.</summary>
    public long WastedInferences => _wastedInferences;

    /// <summary>How many images the large model labelled alone although the policy pools, as the telemetry counts them.</summary>
    public long Unpooled => _unpooled;

    public CascadeHost Cascades { get; }

    public TinyStage Tiny { get; }

    public LargeStage Large { get; }

    public GuaranteeWatcher Watcher { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Cascades.DisposeAsync();
        await _metrics.DisposeAsync();
    }
}
