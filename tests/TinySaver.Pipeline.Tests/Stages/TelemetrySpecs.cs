using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class TelemetrySpecs
{
    [Fact]
    public async Task EveryInstrumentOfThePipelineSpeaks_when_images_pass_through_both_stages()
    {
        using var cascade = new TestCascade();
        await using var pipeline = new MemoryPipeline(cascade, o => o.AuditShare = 1);
        var measured = new ConcurrentDictionary<string, double>();
        var tags = new ConcurrentBag<string>();
        var published = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name != PipelineTelemetry.SourceName || !ReferenceEquals(instrument.Meter.Scope, pipeline.Meters))
                    return;

                published.Add(instrument.Name);
                listening.EnableMeasurementEvents(instrument);
            },
        };
        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> with)
        {
            measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            tags.Add($"{instrument.Name} {string.Join(' ', with.ToArray().Select(t => $"{t.Key}={t.Value}"))}");
        }

        listener.SetMeasurementEventCallback<long>((i, value, with, _) => Take(i, value, with));
        listener.SetMeasurementEventCallback<int>((i, value, with, _) => Take(i, value, with));
        listener.SetMeasurementEventCallback<double>((i, value, with, _) => Take(i, value, with));
        listener.Start();

        await pipeline.LabelAsync("exits", TestImages.Red);
        await pipeline.LabelAsync("exits too", TestImages.Green);
        await pipeline.LabelAsync("disagrees", TestImages.DimRed);
        await pipeline.LabelAsync("escalated", TestImages.Unsure);
        await pipeline.LabelAsync("failed", TestImages.NotAnImage);
        await pipeline.PumpAsync();
        pipeline.Time.Advance(TimeSpan.FromHours(1));
        await pipeline.Watcher.LookAsync(TestContext.Current.CancellationToken);

        // DeliverySpecs has answers in vain, JobWatchTests what is measured of jobs, PooledStageTests what is not pooled.
        Assert.Equal(["tinysaver.inferences.wasted", "tinysaver.job.standstill", "tinysaver.job.waiting", "tinysaver.large.unpooled"], published.Except(measured.Keys).Order(StringComparer.Ordinal));
        Assert.Equal(5 + 4, measured["tinysaver.images"]);
        Assert.Equal(4, measured["tinysaver.batch.size"]);
        Assert.Equal((8 * TestImages.Red.Length) + TestImages.NotAnImage.Length, measured["tinysaver.image.bytes"]);

        // Tiny 10, large 1,000: four images asked the tiny model, and four the large one; three labels spared 990, one cost 10 more.
        Assert.Equal(4_040, measured["tinysaver.macs.spent"]);
        Assert.Equal(2_960, measured["tinysaver.macs.saved"]);
        Assert.Equal(1, measured["tinysaver.failures"]);
        Assert.Equal(3, measured["tinysaver.shadows"]);
        Assert.Equal((4, 0.25), (measured["tinysaver.audits"], measured["tinysaver.guarantee.differing"]));
        Assert.Contains("tinysaver.images stage=tiny outcome=Labelled decided_by=tiny", tags);
        Assert.Contains("tinysaver.images stage=large outcome=Labelled decided_by=large", tags);
        Assert.Contains("tinysaver.failures stage=tiny reason=not-an-image", tags);
        Assert.Equal(["tinysaver.shadows agrees=False", "tinysaver.shadows agrees=True", "tinysaver.shadows agrees=True"], tags.Where(t => t.StartsWith("tinysaver.shadows", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("tinysaver.confidence exits=False", tags);
        foreach (string step in new[] { "tiny step=download", "tiny step=decode", "tiny step=infer", "tiny step=write", "tiny step=send", "large step=infer" })
            Assert.Contains($"tinysaver.stage.duration stage={step}", tags);
    }
}
