using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.FunctionApps;

/// <summary>What the function apps send to Azure Monitor, and how much.</summary>
[Collection(nameof(TelemetrySpecs))]
[CollectionDefinition(nameof(TelemetrySpecs), DisableParallelization = true)]
public sealed class TelemetrySpecs
{
    private static readonly ActivitySource Worker = new(Ingestion.WorkerSource);

    private static Dictionary<string, string?> Share(string share) => new() { ["TinySaver:Functions:TraceShare"] = share };

    // The Functions host hands the worker a parent that often says "not sampled" (Azure/azure-sdk-for-net#61703): it has no say.
    [Theory]
    [InlineData(ActivityTraceFlags.None)]
    [InlineData(ActivityTraceFlags.Recorded)]
    public async Task The_share_of_traces_is_the_settings_whatever_the_host_decided(ActivityTraceFlags flags)
    {
        const int Count = 2000;

        Ingestion sent = await Ingestion.RecordAsync(Share("0.25"), _ =>
        {
            for (int i = 0; i < Count; i++)
            {
                using Activity? call = Worker.StartActivity("function X", ActivityKind.Internal, new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags));
            }

            return Task.CompletedTask;
        });

        // Six standard deviations.
        Assert.InRange(sent.Of("RemoteDependencyData").Count(), (Count / 4) - 116, (Count / 4) + 116);
    }

    [Fact]
    public async Task The_trace_of_an_image_is_sent_by_both_apps_or_by_none()
    {
        string[] traces = [.. Enumerable.Range(0, 64).Select(_ => ActivityTraceId.CreateRandom().ToHexString())];

        string[] tiny = await SentAsync();
        string[] large = await SentAsync();

        Assert.NotEmpty(tiny);
        Assert.Equal(tiny.Order(), large.Order());

        async Task<string[]> SentAsync() => [.. (await Ingestion.RecordAsync(Share("0.5"), _ =>
        {
            foreach (string trace in traces)
            {
                using Activity? call = Worker.StartActivity("function X", ActivityKind.Internal, new ActivityContext(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None));
            }

            return Task.CompletedTask;
        })).Of("RemoteDependencyData").Select(TraceOf)];
    }

    [Fact]
    public async Task A_failed_images_warning_is_sent_under_its_rows_OperationId_even_where_no_trace_is()
    {
        string? operation = null;

        Ingestion sent = await Ingestion.RecordAsync(Share("0"), services =>
        {
            using Activity? call = Worker.StartActivity("function X", ActivityKind.Internal);
            operation = Activity.Current?.TraceId.ToHexString();
            Log.ImageFailed(services.GetRequiredService<ILogger<TinyStage>>(), "a.jpg", "damaged", "cut off");
            return Task.CompletedTask;
        });

        Assert.Empty(sent.Of("RemoteDependencyData"));
        string warning = Assert.Single(sent.Of("MessageData"));
        Assert.Contains("a.jpg failed", warning, StringComparison.Ordinal);
        Assert.Equal(operation, TraceOf(warning));
    }

    // docs/deploy.md has these figures in its table of costs. JSON as the exporter sends it; Azure bills the rows made of it.
    [Fact]
    public async Task The_volume_of_an_image_and_of_a_minute_is_what_the_documentation_says()
    {
        const int Images = 64;
        using var cascade = new TestCascade();
        await using var pipeline = new MemoryPipeline(cascade);

        Ingestion exits = await Ingestion.RecordAsync(Share("1"), async _ =>
        {
            for (int i = 0; i < Images; i++)
                await CallAsync("ClassifyWithTinyModel", () => pipeline.LabelAsync($"belt-7/2026-08-01/{i:D6}.jpg", TestImages.Red));
        });
        Ingestion escalations = await Ingestion.RecordAsync(Share("1"), async _ =>
        {
            for (int i = 0; i < Images; i++)
                await CallAsync("ClassifyWithTinyModel", () => pipeline.LabelAsync($"belt-8/2026-08-01/{i:D6}.jpg", TestImages.Unsure));

            await CallAsync("ClassifyWithLargeModel", pipeline.PumpAsync);
        });

        double exit = BytesOf(exits, "MetricData", not: true) / Images;
        double escalation = BytesOf(escalations, "MetricData", not: true) / Images;
        double minute = BytesOf(escalations, "MetricData");
        Assert.True(
            exit is > 1_500 and < 1_800 && escalation - exit is > 1_400 and < 1_700 && minute is > 9_000 and < 17_000,
            FormattableString.Invariant($"An image sends {exit:F0} B of trace, an escalation {escalation - exit:F0} B more, an instance {minute:F0} B of metrics a minute."));

        // As Worker.Core makes it (TelemetryProviderV1_37_0).
        static async Task CallAsync(string function, Func<Task> work)
        {
            using Activity? call = Worker.StartActivity($"function {function}", ActivityKind.Internal, new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None), tags:
            [
                new("schema.url", "https://opentelemetry.io/schemas/1.37.0"), new("faas.invocation_id", Guid.NewGuid().ToString()), new("faas.name", function), new("faas.instance", Guid.NewGuid().ToString()),
            ]);
            await work();
        }

        static double BytesOf(Ingestion sent, string kind, bool not = false) =>
            sent.Items.Where(i => (Ingestion.KindOf(i) == kind) != not).Sum(i => (double)Encoding.UTF8.GetByteCount(i));
    }

    private static string TraceOf(string item)
    {
        using var json = JsonDocument.Parse(item);
        return json.RootElement.GetProperty("tags").GetProperty("ai.operation.id").GetString()!;
    }
}
