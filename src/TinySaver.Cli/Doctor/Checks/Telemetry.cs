using System.Text.Json;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether the apps' metrics arrive.</summary>
internal static class Telemetry
{
    // From a metric's measurement to its row.
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(15);

    public static readonly Check Check = new("telemetry", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> last = await d.LogAsync("AppMetrics | where Name startswith 'tinysaver' | summarize Last = max(TimeGenerated)", cancellationToken);
        if (last is [{ Length: > 0 } time, ..])
            return Finding.Ok($"the last metric of the apps is of {time}");

        (string topic, _) = d.Find(EventSubscription.TopicType, "Event Grid topic");
        return await d.MetricAsync(topic, "DeliverySuccessCount", TimeSpan.FromDays(1), Delay, cancellationToken) is [_, ..]
            ? Finding.Broken(
                "images were announced today and no metric arrived, so the alerts are blind",
                "Is the daily cap reached (TINYSAVER_LOG_DAILY_GB)? Has the app the role Monitoring Metrics Publisher?")
            : Finding.Ok("no image in the last day, so no metric either");
    }
}

/// <summary>Whether something has called for attention already.</summary>
internal static class Alerts
{
    // As infra/modules/alerts.bicep has them.
    internal const int Expected = 8;

    public static readonly Check Check = new("alerts", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonElement> fired = await d.Azure.ListAsync(
            $"/subscriptions/{d.Subscription}/providers/Microsoft.AlertsManagement/alerts?targetResourceGroup={d.Group}&monitorCondition=Fired&timeRange=1d", ApiVersions.Alerts, cancellationToken);
        if (fired.Count > 0)
        {
            IEnumerable<string> rules = fired.Select(a => $"{a.Text("properties", "essentials", "alertRule").Split('/')[^1]} since {a.Text("properties", "essentials", "startDateTime")}");
            return Finding.Warning($"firing: {string.Join(", ", rules.Distinct())}", "The alert's description in the portal says what it means.");
        }

        int rulesThere = d.Count("Microsoft.Insights/metricAlerts") + d.Count("Microsoft.Insights/scheduledQueryRules");
        return rulesThere < Expected
            ? Finding.Warning($"only {rulesThere} of {Expected} alert rules are there", "Run `azd provision`.")
            : Finding.Ok($"none of {rulesThere} fires");
    }
}
