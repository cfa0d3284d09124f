using System.Diagnostics;
using System.Diagnostics.Metrics;
using TinySaver.Calibration.Watch;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Telemetry;

/// <summary>The pipeline's traces and metrics, all named <c>TinySaver</c>.</summary>
/// <param name="meter">The meter of the name <see cref="SourceName"/>.</param>
public sealed class PipelineTelemetry(Meter meter)
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "TinySaver";

    /// <summary>Starts the stages' activities.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    private readonly Counter<long> _images = meter.CreateCounter<long>("tinysaver.images", "{image}", "Images by stage, outcome and deciding model.");

    private readonly Histogram<double> _confidence = meter.CreateHistogram(
        "tinysaver.confidence",
        "1",
        "Confidence of the tiny model by whether the image exited.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Enumerable.Range(1, 19).Select(i => i / 20.0), 0.975, 0.99, 0.999] });

    private readonly Histogram<double> _stageDuration = meter.CreateHistogram(
        "tinysaver.stage.duration",
        "s",
        "Time that one image or batch spent in a step of a stage.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private readonly Histogram<int> _batchSize = meter.CreateHistogram(
        "tinysaver.batch.size",
        "{image}",
        "Images that the large model saw at once.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private readonly Counter<long> _bytes = meter.CreateCounter<long>("tinysaver.image.bytes", "By", "Bytes of encoded images read.");
    private readonly Counter<long> _macsSpent = meter.CreateCounter<long>("tinysaver.macs.spent", "{operation}", "Multiply-accumulates that models spent.");
    private readonly UpDownCounter<long> _macsSaved = meter.CreateUpDownCounter<long>(
        "tinysaver.macs.saved", "{operation}", "Multiply-accumulates of the large model that tiny labels spared, less the savers' own.");

    private readonly Counter<long> _failures = meter.CreateCounter<long>("tinysaver.failures", "{image}", "Images that failed, by reason.");
    private readonly Counter<long> _shadows = meter.CreateCounter<long>("tinysaver.shadows", "{image}", "Shadow answers by whether both models agree.");
    private readonly Counter<long> _audits = meter.CreateCounter<long>("tinysaver.audits", "{image}", "Images of the audit sample by whether they exit, and whether the policy's answer is the large model's.");
    private readonly Gauge<int> _guarantee = meter.CreateGauge<int>("tinysaver.guarantee.state", null, "How the guarantee of the policy stands: 0 unknown, 1 holds, 2 at risk, 3 broken.");
    private readonly Gauge<double> _evidence = meter.CreateGauge<double>("tinysaver.guarantee.evidence", "1", "Evidence against the guarantee as a share of what gives the alarm.");
    private readonly Gauge<double> _differing = meter.CreateGauge<double>("tinysaver.guarantee.differing", "1", "Share of the audits on which the policy's answer is not the large model's.");

    private readonly Counter<long> _wasted = meter.CreateCounter<long>(
        "tinysaver.inferences.wasted", "{image}", "Inferences of the large model whose answer was not written, because it was there or a newer version was.");

    private readonly Counter<long> _unpooled = meter.CreateCounter<long>(
        "tinysaver.large.unpooled", "{image}", "Images that the large model labelled alone although the policy pools, because of what their messages say of the savers.");

    private readonly Gauge<long> _jobWaiting = meter.CreateGauge<long>("tinysaver.job.waiting", "{image}", "Images of an unfinished batch job that nobody has worked on yet.");
    private readonly Gauge<double> _jobStandstill = meter.CreateGauge<double>("tinysaver.job.standstill", "s", "Time in which nothing of a batch job moved though something should.");

    /// <summary>Counts an image that a stage is done with.</summary>
    public void Image(string stage, string outcome, Decider? decidedBy = null) => _images.Add(
        1,
        new KeyValuePair<string, object?>("stage", stage),
        new("outcome", outcome),
        new("decided_by", decidedBy?.Name() ?? "none"));

    /// <summary>Records the tiny model's confidence.</summary>
    public void Confidence(double confidence, bool exits) =>
        _confidence.Record(confidence, new KeyValuePair<string, object?>("exits", exits));

    /// <summary>Records how long a step took that began at a timestamp of the clock.</summary>
    public void Step(string stage, string step, TimeSpan elapsed) => _stageDuration.Record(
        elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage), new("step", step));

    /// <summary>Records the size of a large batch.</summary>
    public void Batch(int images) => _batchSize.Record(images);

    /// <summary>Counts bytes read.</summary>
    public void Bytes(string stage, long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("stage", stage));

    /// <summary>Counts operations spent, and by how much an image was cheaper than with the large model alone; negative where it was dearer.</summary>
    public void Macs(string stage, long spent, long saved = 0)
    {
        _macsSpent.Add(spent, new KeyValuePair<string, object?>("stage", stage));
        _macsSaved.Add(saved);
    }

    /// <summary>Counts a failed image.</summary>
    public void Failure(string stage, FailureReason reason) =>
        _failures.Add(1, new KeyValuePair<string, object?>("stage", stage), new("reason", reason.Name()));

    /// <summary>Counts a shadow answer.</summary>
    public void Shadow(bool agrees) => _shadows.Add(1, new KeyValuePair<string, object?>("agrees", agrees));

    /// <summary>Counts an audit.</summary>
    public void Audit(bool exits, bool agrees) => _audits.Add(1, new KeyValuePair<string, object?>("exits", exits), new("agrees", agrees));

    /// <summary>Records how the guarantee of a policy stands.</summary>
    public void Guarantee(string policy, GuaranteeReport report)
    {
        var tag = new KeyValuePair<string, object?>("policy", policy);
        _guarantee.Record((int)report.State, tag);
        _evidence.Record(report.Evidence / report.Plan.AlarmAt, tag);
        if (report.Differing is { } differing)
            _differing.Record(differing, tag);
    }

    /// <summary>Records how far an unfinished batch job is.</summary>
    public void Job(string id, long waiting, TimeSpan standstill)
    {
        _jobWaiting.Record(waiting, new KeyValuePair<string, object?>("job", id));
        _jobStandstill.Record(standstill.TotalSeconds, new KeyValuePair<string, object?>("job", id));
    }

    /// <summary>Counts images that the large model labelled alone although the policy pools.</summary>
    public void Unpooled(int images) => _unpooled.Add(images);

    /// <summary>Counts large inferences in vain.</summary>
    public void Wasted() => _wasted.Add(1);
}
