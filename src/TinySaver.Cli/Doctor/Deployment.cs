using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Doctor;

/// <summary>The API versions that the Bicep files use, by resource type; a test compares them.</summary>
internal static class ApiVersions
{
    public const string App = "2024-11-01";
    public const string ContainerApp = "2025-07-01";
    public const string EventGrid = "2025-02-15";
    public const string Identity = "2024-11-30";
    public const string Role = "2022-04-01";
    public const string ServiceBus = "2024-01-01";
    public const string Storage = "2025-06-01";

    // Of what no Bicep file has.
    public const string Alerts = "2019-03-01";
    public const string Groups = "2025-04-01";
    public const string LogQuery = "2017-01-01-preview";
    public const string Metrics = "2023-10-01";
    public const string Subscription = "2022-12-01";
}

/// <summary>What the doctor looks at: an account, and around it, in Azure, a resource group.</summary>
/// <param name="azure">Resource Manager; null where the account stands alone.</param>
/// <param name="subscription">The subscription's id.</param>
/// <param name="group">The resource group.</param>
/// <param name="tenant">The tenant that azd deployed to; null where nobody says.</param>
internal sealed partial class Deployment(ResourceManager? azure = null, string subscription = "", string group = "", string? tenant = null)
{
    private readonly List<string> _secrets = [];
    private IReadOnlyList<JsonElement> _resources = [];

    /// <summary>Resource Manager, for checks that are in Azure only.</summary>
    public ResourceManager Azure => azure!;

    /// <summary>Whether there is a resource group around the account.</summary>
    public bool IsInAzure => azure is not null;

    public string Subscription => subscription;

    public string Group => group;

    public string? Tenant => tenant;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The group's resource id.</summary>
    public string GroupId => $"/subscriptions/{subscription}/resourceGroups/{group}";

    /// <summary>The account; set before the checks that follow the first two.</summary>
    public StorageAccount Account { get; set; } = null!;

    /// <summary>The account's blob address, as the group says it; null where there is no group around it.</summary>
    public string? StorageUrl { get; private set; }

    /// <summary>Lists the group's resources, which the other checks then find.</summary>
    /// <exception cref="TinySaverException">There is no storage account among them.</exception>
    public async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        _resources = await Azure.ListAsync($"{GroupId}/resources", ApiVersions.Groups, cancellationToken);
        (string storage, _) = Find("Microsoft.Storage/storageAccounts", "storage account");
        StorageUrl = (await Azure.GetAsync(storage, ApiVersions.Storage, cancellationToken)).Text("properties", "primaryEndpoints", "blob");
        return _resources.Count;
    }

    /// <summary>How many resources of a type there are.</summary>
    public int Count(string type) => _resources.Count(r => Is(r, type));

    /// <summary>The id and name of the deployment's resource of a type; azd's tag decides where there are several.</summary>
    /// <exception cref="TinySaverException">There is none.</exception>
    public (string Id, string Name) Find(string type, string what, string remedy = "azd provision") => _resources
        .Where(r => Is(r, type)).OrderByDescending(r => r.Text("tags", "azd-env-name").Length > 0).Select(r => ((string, string)?)(r.Text("id"), r.Text("name"))).FirstOrDefault()
        ?? throw new TinySaverException($"The resource group {group} has no {what}. Run `{remedy}`.");

    /// <summary>The policy that the apps use, and whether it was published; null where the account has none.</summary>
    /// <exception cref="TinySaverException">The pointer names one that is not there, or it cannot be used.</exception>
    public async Task<(CascadePolicy Policy, bool Published)?> PolicyAsync(CancellationToken cancellationToken)
    {
        string? id = (await Account.Policies.ReadPointerAsync(cancellationToken))?.Pointer.Current;
        string blob = id is null ? Account.Policies.UnpublishedBlob : Account.Policies.BlobOf(id);
        return (await Account.Policies.ReadAsync(blob, cancellationToken), id) switch
        {
            ({ Text: var text }, _) => (CascadePolicyJson.Parse(text, blob), id is not null),
            (null, null) => null,
            _ => throw new TinySaverException($"'{Account.Policies.PointerBlob}' names the policy {id}, and there is no '{blob}'. Publish it again, or `tinysaver policy rollback`."),
        };
    }

    /// <summary>The quarters of an hour since a time in which a metric was above 0, with its sum.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, double Sum)>> MetricAsync(string resource, string metric, TimeSpan since, TimeSpan until, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Time.GetUtcNow();
        string span = Uri.EscapeDataString($"{now - since:yyyy-MM-ddTHH:mm:ssZ}/{now - until:yyyy-MM-ddTHH:mm:ssZ}");
        JsonElement answer = await Azure.GetAsync(
            $"{resource}/providers/Microsoft.Insights/metrics?metricnames={metric}&aggregation=Total&interval=PT15M&timespan={span}", ApiVersions.Metrics, cancellationToken);
        return
        [
            .. answer.Items("value").SelectMany(v => v.Items("timeseries")).SelectMany(s => s.Items("data"))
                .Select(d => (d.Time("timeStamp"), d.Number("total"))).Where(d => d.Item2 > 0),
        ];
    }

    /// <summary>The first row of what a query of the logs finds; empty where it finds nothing, or there is no such table yet.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(string query, CancellationToken cancellationToken)
    {
        (string workspace, _) = Find("Microsoft.OperationalInsights/workspaces", "Log Analytics workspace");
        try
        {
            JsonElement answer = await Azure.PostAsync($"{workspace}/api/query", ApiVersions.LogQuery, new { query, timespan = "P1D" }, cancellationToken);
            return answer.Items("tables") is [var table, ..] && table.Items("rows") is [var row, ..] ? [.. row.Items().Select(cell => cell.Text())] : [];
        }
        catch (ResourceManagerException error) when (error.Status == 400)
        {
            return [];
        }
    }

    /// <summary>Keeps a secret that was read out of everything that is shown.</summary>
    public string Keep(string secret)
    {
        if (secret.Length > 0)
            _secrets.Add(secret);

        return secret;
    }

    /// <summary>A text as it may be shown: whatever looks like a key or a signature is left out.</summary>
    public string Shown(string text) => SecretPart().Replace(_secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, "…", StringComparison.Ordinal)), "$1…");

    private static bool Is(JsonElement resource, string type) => string.Equals(resource.Text("type"), type, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"((?:code|sig|\w*key|\w*token|password|secret|bearer)(?:""?\s*[=:]\s*""?|\s+)(?=\S*\d))[^\s&;,""]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex SecretPart();
}
