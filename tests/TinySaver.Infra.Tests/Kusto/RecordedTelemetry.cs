using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Calibration.Watch;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Telemetry;
using TinySaver.Pipeline.Tests.FunctionApps;

namespace TinySaver.Infra.Tests.Kusto;

/// <summary>What the pipeline's instruments and the worker's spans become in Log Analytics, by way of the real exporter.</summary>
internal static class RecordedTelemetry
{
    private static readonly Lazy<Task<Dictionary<string, List<Row>>>> Recorded = new(RecordAsync);

    /// <summary>
    /// The tables: a thousand images, of which 700 exit, 250 are escalated and 50 fail; 200 escalations are labelled and 20 fail;
    /// of ten shadows nine agree; a policy whose audits all agree, and one whose audits all differ; a batch job of which 640 images wait and that has stood still for 40 minutes, and one that moves; 100 calls of the tiny app's function of 1 to 100 ms, and one of the large app's of 2 s.
    /// </summary>
    public static Task<Dictionary<string, List<Row>>> TablesAsync() => Recorded.Value;

    private static async Task<Dictionary<string, List<Row>>> RecordAsync()
    {
        Ingestion sent = await Ingestion.RecordAsync(new Dictionary<string, string?> { ["TinySaver:Functions:TraceShare"] = "1" }, services =>
        {
            Emit(new PipelineTelemetry(services.GetRequiredService<IMeterFactory>().Create(PipelineTelemetry.SourceName)));
            using var worker = new ActivitySource(Ingestion.WorkerSource);
            for (int i = 1; i <= 100; i++)
                Call(worker, "ClassifyWithTinyModel", TimeSpan.FromMilliseconds(i));

            Call(worker, "ClassifyWithLargeModel", TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        });
        return sent.Items.Select(ToRow).GroupBy(r => r.Table, r => r.Row).ToDictionary(g => g.Key, g => g.ToList());
    }

    private static void Emit(PipelineTelemetry telemetry)
    {
        Times(700, () => telemetry.Image("tiny", nameof(TinyOutcome.Labelled), Decider.Tiny));
        Times(250, () => telemetry.Image("tiny", nameof(TinyOutcome.Escalated)));
        Times(50, () => telemetry.Image("tiny", nameof(TinyOutcome.Failed)));
        Times(200, () => telemetry.Image("large", nameof(EscalationOutcome.Labelled), Decider.Large));
        Times(20, () => telemetry.Image("large", nameof(EscalationOutcome.Failed)));
        Times(700, () => telemetry.Confidence(0.9, exits: true));
        Times(250, () => telemetry.Confidence(0.3, exits: false));
        Times(50, () => telemetry.Failure("tiny", FailureReason.NotAnImage));
        Times(20, () => telemetry.Failure("large", FailureReason.RetriesExhausted));
        Times(9, () => telemetry.Shadow(agrees: true));
        telemetry.Shadow(agrees: false);
        telemetry.Guarantee("good", Watched(differs: false));
        telemetry.Guarantee("bad0", Watched(differs: true));
        telemetry.Job("night-1", waiting: 640, TimeSpan.FromMinutes(40));
        telemetry.Job("night-2", waiting: 64, TimeSpan.Zero);
        Times(3, () => telemetry.Step("tiny", "infer", TimeSpan.FromMilliseconds(10)));
        telemetry.Step("tiny", "infer", TimeSpan.FromMilliseconds(50));
        telemetry.Step("large", "infer", TimeSpan.FromSeconds(1));

        static void Times(int times, Action action)
        {
            for (int i = 0; i < times; i++)
                action();
        }
    }

    private static GuaranteeReport Watched(bool differs)
    {
        var watch = new GuaranteeWatch(new(0.005, Promised: true, AlarmAt: 20, null, null, []));
        for (int i = 0; i < 10; i++)
            watch.Add(new("", default, $"{i}", default, new(0), ClassIndex: differs ? 1 : 0, "", 0, "", 1));

        return watch.Report();
    }

    // As Worker.Core names it (TelemetryProviderV1_37_0), and its kind.
    private static void Call(ActivitySource worker, string function, TimeSpan length)
    {
        using Activity call = worker.StartActivity($"function {function}", ActivityKind.Internal)!;
        call.SetEndTime(call.StartTimeUtc + length);
    }

    // Tables and columns by Microsoft's reference of AppMetrics, AppDependencies, AppRequests and AppTraces.
    private static (string Table, Row Row) ToRow(string item)
    {
        using var json = JsonDocument.Parse(item);
        JsonElement data = json.RootElement.GetProperty("data").GetProperty("baseData");
        var row = new Row
        {
            ["TimeGenerated"] = json.RootElement.GetProperty("time").GetDateTime().ToUniversalTime(),
            ["Properties"] = data.TryGetProperty("properties", out JsonElement properties) ? ToProperties(properties) : new Row(),
        };
        string kind = Ingestion.KindOf(item);
        if (kind == "MetricData")
        {
            JsonElement metric = data.GetProperty("metrics")[0];
            row["Name"] = metric.GetProperty("name").GetString();
            row["Sum"] = metric.GetProperty("value").GetDouble();
            row["ItemCount"] = metric.TryGetProperty("count", out JsonElement count) ? count.GetDouble() : 1.0;
            row["Min"] = metric.TryGetProperty("min", out JsonElement min) ? min.GetDouble() : null;
            row["Max"] = metric.TryGetProperty("max", out JsonElement max) ? max.GetDouble() : null;
            return ("AppMetrics", row);
        }

        row["Name"] = data.TryGetProperty("name", out JsonElement name) ? name.GetString() : null;
        row["DurationMs"] = data.TryGetProperty("duration", out JsonElement length) ? TimeSpan.Parse(length.GetString()!, CultureInfo.InvariantCulture).TotalMilliseconds : null;
        return (kind switch { "RemoteDependencyData" => "AppDependencies", "RequestData" => "AppRequests", _ => "AppTraces" }, row);
    }

    private static Row ToProperties(JsonElement properties)
    {
        var row = new Row();
        foreach (JsonProperty property in properties.EnumerateObject())
            row[property.Name] = property.Value.GetString();

        return row;
    }
}
