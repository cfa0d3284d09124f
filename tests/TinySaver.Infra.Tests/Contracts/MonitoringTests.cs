using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Infra.Tests.Bicep;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Alerts and workbook, against the metrics that the pipeline really sends.</summary>
public sealed partial class MonitoringTests
{
    public static TheoryData<string> Queries => [.. Directory.EnumerateFiles(Repository.PathOf("infra", "queries"), "*.kql").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_AsksForMetricsAndTagsThatThePipelineSends(string file)
    {
        string query = Repository.Read("infra", "queries", file);
        Dictionary<string, HashSet<string>> sent = SentMetrics();

        HashSet<string> tags = [];
        foreach (string metric in MetricName().Matches(query).Select(m => m.Groups[1].Value))
        {
            Assert.True(sent.TryGetValue(metric, out HashSet<string>? metricTags), $"{file} asks for the metric '{metric}', which the pipeline does not send.");
            tags.UnionWith(metricTags);
        }

        Assert.Empty(TagName().Matches(query).Select(m => m.Groups[1].Value).Except(tags));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_ComparesWithOutcomesAndFunctionsThatExist(string file)
    {
        string query = Repository.Read("infra", "queries", file);
        string[] outcomes = [.. Enum.GetNames<TinyOutcome>(), .. Enum.GetNames<EscalationOutcome>()];

        foreach (string outcome in OutcomeText().Matches(query).SelectMany(m => QuotedText().Matches(m.Value)).Select(m => m.Groups[1].Value).Where(t => t.Length > 0))
        {
            Assert.True(outcomes.Contains(outcome) || outcome is "failed" or "by ", $"{file} compares with the outcome '{outcome}', which no stage has.");
        }

        foreach (string function in FunctionName().Matches(query).Select(m => m.Groups[1].Value))
        {
            Assert.NotEmpty(Directory.EnumerateFiles(Repository.PathOf("src"), $"{function}.cs", SearchOption.AllDirectories));
        }
    }

    [BicepFact]
    public async Task Alerts_AreThoseOfTheIssue()
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["alertEmail"] = "'operator@example.com'", ["alertExitRateLowPercent"] = "33", ["alertExitRateHighPercent"] = "88" });
        string[] metrics = [.. main.OfType("Microsoft.Insights/metricAlerts").Select(a => a.At("properties.criteria.allOf")[0].GetProperty("metricName").GetString()!)];
        PredictedResource[] queries = [.. main.OfType("Microsoft.Insights/scheduledQueryRules")];

        Assert.Equal(["DeadLetteredCount", "DeadletteredMessages"], metrics.Order(StringComparer.Ordinal));
        Assert.Equal(3, queries.Length);
        Assert.Contains(queries, q => Query(q).Contains("ExitPercent < 33 or ExitPercent > 88", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("AgeMinutes", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("FailedPercent", StringComparison.Ordinal));
        Assert.All(queries, q => Assert.DoesNotContain("_PERCENT", Query(q), StringComparison.Ordinal));
        // Each measures a column that its query has.
        Assert.All(queries, q => Assert.Contains(MeasuredColumn(q) ?? "", Query(q), StringComparison.Ordinal));
        Assert.All(queries, q => Assert.Single(q.At("properties.actions.actionGroups").EnumerateArray()));
    }

    [BicepFact]
    public async Task Alerts_WithoutAnAddress_ReachNobodyButTheyFire()
    {
        PredictedDeployment main = await Deployments.MainAsync();

        Assert.Empty(main.OfType("Microsoft.Insights/actionGroups"));
        Assert.Equal(5, main.OfType("Microsoft.Insights/metricAlerts").Concat(main.OfType("Microsoft.Insights/scheduledQueryRules")).Count());
    }

    [BicepFact]
    public async Task BacklogAge_HasTheMetricsThatItReads()
    {
        PredictedResource setting = (await Deployments.MainAsync()).OfType("Microsoft.Insights/diagnosticSettings").Single(d => d.Id.Contains("Microsoft.ServiceBus", StringComparison.Ordinal));

        Assert.Equal("AllMetrics", Assert.Single(setting.At("properties.metrics").EnumerateArray()).GetProperty("category").GetString());
    }

    [BicepFact]
    public async Task Workbook_ShowsWhatTheIssueAsksFor()
    {
        PredictedResource workbook = (await Deployments.MainAsync(new() { ["usdPerMillionImages"] = "'1.25'" })).Only("Microsoft.Insights/workbooks");
        using var content = JsonDocument.Parse(workbook.Text("properties.serializedData"));
        JsonElement[] items = [.. content.RootElement.GetProperty("items").EnumerateArray()];
        string[] names = [.. items.Select(i => i.GetProperty("name").GetString()!)];

        Assert.Equal("Notebook/1.0", content.RootElement.GetProperty("version").GetString());
        Assert.Empty(new[] { "totals", "Exit rate", "queue", "age", "Latency of the functions", "Agreement with the large model", "Money" }.Except(names));
        // Each parameter that a query takes is one that the reader can set.
        HashSet<string> parameters = [.. items.Single(i => i.GetProperty("name").GetString() == "parameters").GetProperty("content").GetProperty("parameters")
            .EnumerateArray().Select(p => p.GetProperty("name").GetString()!)];
        Assert.All(items.SelectMany(i => Parameter().Matches(i.GetRawText())).Select(m => m.Groups[1].Value), p => Assert.Contains(p, parameters));
        Assert.Contains("\"1.25\"", content.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    private static string Query(PredictedResource rule) => rule.At("properties.criteria.allOf")[0].GetProperty("query").GetString()!;

    private static string? MeasuredColumn(PredictedResource rule) =>
        rule.At("properties.criteria.allOf")[0].TryGetProperty("metricMeasureColumn", out JsonElement column) ? column.GetString() : null;

    // Sends one measurement of each instrument, and listens to what arrives.
    private static Dictionary<string, HashSet<string>> SentMetrics()
    {
        var sent = new Dictionary<string, HashSet<string>>();
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                // Of this provider's factory only: other tests may have meters of the same name.
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((i, _, tags, _) => Note(i, tags));
        listener.SetMeasurementEventCallback<int>((i, _, tags, _) => Note(i, tags));
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => Note(i, tags));
        listener.Start();
        var telemetry = new PipelineTelemetry(meters);
        telemetry.Image("tiny", nameof(TinyOutcome.Labelled), Decider.Tiny);
        telemetry.Confidence(0.9, exits: true);
        telemetry.Step("tiny", "infer", TimeSpan.FromSeconds(1));
        telemetry.Failure("tiny", FailureReason.Deleted);
        telemetry.Shadow(agrees: true);
        return sent;

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            HashSet<string> names = sent.TryGetValue(instrument.Name, out HashSet<string>? known) ? known : sent[instrument.Name] = [];
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                names.Add(tag.Key);
            }
        }
    }

    [GeneratedRegex(@"'(tinysaver\.[\w.]+)'")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"Properties\.(\w+)")]
    private static partial Regex TagName();

    [GeneratedRegex(@"Outcome (?:in \([^)]*\)|== '[^']*')")]
    private static partial Regex OutcomeText();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex QuotedText();

    [GeneratedRegex(@"'(Classify\w+)'")]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"\{(\w+)(?::grain)?\}")]
    private static partial Regex Parameter();
}
