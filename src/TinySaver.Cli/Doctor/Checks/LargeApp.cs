using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether the large app's revision can run.</summary>
internal static class LargeApp
{
    public static readonly Check Check = new("large app", LookAsync);

    /// <summary>The app's id, name and properties.</summary>
    public static async Task<(string Id, string Name, JsonElement Properties)> ReadAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name) = d.Find("Microsoft.App/containerApps", "large app", "azd deploy large");
        return (id, name, (await d.Azure.GetAsync(id, ApiVersions.ContainerApp, cancellationToken)).At("properties"));
    }

    /// <summary>The properties of its latest revision.</summary>
    public static async Task<JsonElement> RevisionAsync(Deployment d, string id, JsonElement app, CancellationToken cancellationToken) =>
        (await d.Azure.GetAsync($"{id}/revisions/{app.Text("latestRevisionName")}", ApiVersions.ContainerApp, cancellationToken)).At("properties");

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name, JsonElement app) = await ReadAsync(d, cancellationToken);
        string revision = app.Text("latestRevisionName"), state = app.Text("provisioningState");
        if (state != "Succeeded" || revision.Length == 0)
            return Finding.Broken($"{name} is {state}", "Run `azd deploy large`.");

        JsonElement run = await RevisionAsync(d, id, app, cancellationToken);
        string running = run.Text("runningState"), health = run.Text("healthState"), why = run.Text("provisioningError");
        return running is "Failed" or "Degraded" or "Stopped" || health == "Unhealthy" || why.Length > 0
            ? Finding.Broken(
                $"the revision {revision} is {running}, {health}{(why.Length > 0 ? $": {why}" : "")}",
                $"`az containerapp logs show --name {name} --resource-group {d.Group} --type system` says why; then `azd deploy large`.")
            : Finding.Ok($"revision {revision} is {running} with {run.Number("replicas"):N0} replicas");
    }
}

/// <summary>Whether anything wakes the large app when images are escalated.</summary>
internal static class Scaling
{
    public static readonly Check Check = new("what wakes it", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (_, string name, JsonElement app) = await LargeApp.ReadAsync(d, cancellationToken);
        JsonElement scale = app.At("template", "scale");
        JsonElement rule = scale.Items("rules").FirstOrDefault(r => r.Text("custom", "type") == "azure-servicebus");
        if (rule.ValueKind == JsonValueKind.Undefined)
        {
            return Finding.Broken(
                $"nothing will wake {name} when images are escalated: it has no scale rule for the queue",
                $"`azd env set TINYSAVER_LARGE_SCALING Rule`, delete the app (`az containerapp delete --name {name} --resource-group {d.Group}`), `azd deploy large`.");
        }

        string queue = rule.Text("custom", "metadata", "queueName");
        return queue != FunctionAppOptions.EscalationsQueue || scale.Number("maxReplicas") < 1
            ? Finding.Broken($"{name} counts the queue '{queue}' and may have {scale.Number("maxReplicas"):N0} replicas", "Run `azd deploy large`.")
            : Finding.Ok($"each {rule.Text("custom", "metadata", "messageCount")} messages in '{queue}', up to {scale.Number("maxReplicas"):N0} replicas");
    }
}

/// <summary>What the platform last said of scaling and starting the large app.</summary>
internal static partial class ScalerLog
{
    // A new role takes ten minutes to work, and what lasts is said again each few minutes.
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(15);

    public static readonly Check Check = new("its system log", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name, JsonElement app) = await LargeApp.ReadAsync(d, cancellationToken);
        IReadOnlyList<string> last = await d.LogAsync(
            $"ContainerAppSystemLogs | where ContainerAppName == '{name}' and TimeGenerated > ago(1h) | where Type == 'Warning' or Log has_any ('keda', 'scaler', 'scale rule', 'error', 'failed') | top 1 by TimeGenerated desc | project Log, TimeGenerated",
            cancellationToken);
        string said = last.ElementAtOrDefault(0) ?? "";
        if (!Trouble().IsMatch(said))
            return Finding.Ok(said.Length == 0 ? "nothing of scaling in the last hour" : $"last: {said}");

        // A probe that failed while a replica started is past when it is read.
        if (!Lasting().IsMatch(said))
            return Finding.Warning($"last: {said}", "Look again in some minutes.");

        DateTimeOffset now = d.Time.GetUtcNow();
        if (last is [_, var time, ..] && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) && now - at > Settling)
            return Finding.Warning($"last, {(now - at).TotalMinutes:N0} minutes ago: {said}", "It has not been said again since; the canary shows whether the app starts.");

        JsonElement revision = await LargeApp.RevisionAsync(d, id, app, cancellationToken);
        return now - revision.Time("createdTime") < Settling
            ? Finding.Warning($"soon after the deployment: {said}", "A new role takes up to ten minutes to work; look again then.")
            : Finding.Broken(
                $"the platform cannot scale or start {name}: {said}",
                "Unauthorized: its identity needs Azure Service Bus Data Owner on the queue (TINYSAVER_LARGE_QUEUE_ROLE). An image that cannot be pulled: `azd deploy large`. Else quota.");
    }

    [GeneratedRegex("Skipping.*configuration|failed|unauthorized|error", RegexOptions.IgnoreCase)]
    private static partial Regex Trouble();

    [GeneratedRegex("keda|scaler|scale rule|service bus|pull|quota", RegexOptions.IgnoreCase)]
    private static partial Regex Lasting();
}

/// <summary>Whether there is a GPU to be had.</summary>
internal static class Gpu
{
    public static readonly Check Check = new("GPU", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (_, string name, JsonElement app) = await LargeApp.ReadAsync(d, cancellationToken);
        string profile = app.Text("workloadProfileName");
        if (!profile.StartsWith("gpu-", StringComparison.Ordinal))
            return Finding.NotHere($"{name} runs on CPUs");

        string gpu = profile["gpu-".Length..].ToUpperInvariant();
        (string environment, _) = d.Find("Microsoft.App/managedEnvironments", "Container Apps environment");
        JsonElement quota = (await d.Azure.ListAsync($"{environment}/usages", ApiVersions.ContainerApp, cancellationToken))
            .FirstOrDefault(u => u.Text("name", "value").Contains(gpu, StringComparison.OrdinalIgnoreCase) && u.Text("name", "value").Contains("gpu", StringComparison.OrdinalIgnoreCase));
        if (quota.ValueKind == JsonValueKind.Undefined)
            return Finding.Warning($"the environment does not say what quota there is for the {gpu}", "See in the portal (Quotas, Azure Container Apps) that it is above 0.");

        return quota.Number("limit") < 1
            ? Finding.Broken($"the subscription's quota for the {gpu} is 0, so no replica will start", "Ask for it in the portal (Quotas, Azure Container Apps), or `azd env set TINYSAVER_GPU none` and `azd up`.")
            : Finding.Ok($"{gpu}: {quota.Number("currentValue"):N0} of {quota.Number("limit"):N0} in use");
    }
}
