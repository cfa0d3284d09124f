using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Alerts and workbook; what their queries find is in <see cref="QueryTests"/>.</summary>
public sealed partial class MonitoringTests
{
    [BicepFact]
    public async Task Alerts_AreThoseOfTheIssue()
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["alertEmail"] = "'operator@example.com'", ["alertExitRateLowPercent"] = "33", ["alertExitRateHighPercent"] = "88" });
        string[] metrics = [.. main.OfType("Microsoft.Insights/metricAlerts").Select(a => a.At("properties.criteria.allOf")[0].GetProperty("metricName").GetString()!)];
        PredictedResource[] queries = [.. main.OfType("Microsoft.Insights/scheduledQueryRules")];

        Assert.Equal(["DeadLetteredCount", "DeadletteredMessages"], metrics.Order(StringComparer.Ordinal));
        Assert.Equal(6, queries.Length);
        Assert.Contains(queries, q => Query(q).Contains("_LogOperation", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("ExitPercent < 33 or ExitPercent > 88", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("AgeMinutes", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("FailedPercent", StringComparison.Ordinal));
        Assert.Contains(queries, q => Query(q).Contains("StandstillMinutes", StringComparison.Ordinal) && q.Text("properties.displayName") == "A batch job does not move");
        Assert.Contains(queries, q => Query(q).Contains("GuaranteeState", StringComparison.Ordinal) && q.Text("properties.displayName") == "The guarantee is broken");
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
        Assert.Equal(8, main.OfType("Microsoft.Insights/metricAlerts").Concat(main.OfType("Microsoft.Insights/scheduledQueryRules")).Count());
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
        Assert.Empty(new[] { "totals", "Exit rate", "queue", "age", "Latency of the functions", "Agreement with the large model", "Guarantee: what speaks against it", "Guarantee: audits that differ", "Batch jobs: images that wait", "Money" }.Except(names));
        // Each parameter that a query takes is one that the reader can set.
        HashSet<string> parameters = [.. items.Single(i => i.GetProperty("name").GetString() == "parameters").GetProperty("content").GetProperty("parameters")
            .EnumerateArray().Select(p => p.GetProperty("name").GetString()!)];
        Assert.All(items.SelectMany(i => Parameter().Matches(i.GetRawText())).Select(m => m.Groups[1].Value), p => Assert.Contains(p, parameters));
        Assert.Contains("\"1.25\"", content.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    private static string Query(PredictedResource rule) => rule.At("properties.criteria.allOf")[0].GetProperty("query").GetString()!;

    private static string? MeasuredColumn(PredictedResource rule) =>
        rule.At("properties.criteria.allOf")[0].TryGetProperty("metricMeasureColumn", out JsonElement column) ? column.GetString() : null;

    [GeneratedRegex(@"\{(\w+)(?::grain)?\}")]
    private static partial Regex Parameter();
}
