using System.Collections.Concurrent;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>Predictions that several tests look at; each is made once.</summary>
internal static class Deployments
{
    /// <summary>Who deploys, in every prediction.</summary>
    public const string Deployer = "33333333-3333-3333-3333-333333333333";

    private static readonly ConcurrentDictionary<string, Lazy<Task<PredictedDeployment>>> Made = new();

    /// <summary><c>main.bicep</c> with every default.</summary>
    public static Task<PredictedDeployment> MainAsync() => MainAsync([]);

    /// <summary><c>main.bicep</c> with some parameters, as Bicep expressions.</summary>
    public static Task<PredictedDeployment> MainAsync(Dictionary<string, string> changes) => PredictAsync(
        "main.bicep",
        new Dictionary<string, string> { ["environmentName"] = "'dev'", ["location"] = "'westus3'", ["principalId"] = $"'{Deployer}'" },
        changes,
        resourceGroup: null);

    /// <summary><c>large.bicep</c> on a GPU or none, with some parameters, as Bicep expressions.</summary>
    public static Task<PredictedDeployment> LargeAsync(string gpu = "none", Dictionary<string, string>? changes = null) => PredictAsync(
        "large.bicep",
        new Dictionary<string, string>
        {
            ["name"] = "'ca-large-abc'",
            ["location"] = "'westus3'",
            ["environmentName"] = "'dev'",
            ["image"] = "'crabc.azurecr.io/tinysaver/large-dev:azd-deploy-1'",
            ["registryServer"] = "'crabc.azurecr.io'",
            ["containerEnvironmentName"] = "'cae-abc'",
            ["identityName"] = "'id-large-abc'",
            ["storageName"] = "'stabc'",
            ["serviceBusName"] = "'sb-abc'",
            ["insightsName"] = "'appi-abc'",
            ["gpu"] = $"'{gpu}'",
            ["scaling"] = "'Rule'",
            ["traceShare"] = "'0.05'",
            ["batchSize"] = "16",
            ["minimumReplicas"] = "0",
            ["maximumReplicas"] = "0",
            ["messagesPerReplica"] = "0",
        },
        changes ?? [],
        resourceGroup: "rg-dev");

    /// <summary><c>event-subscription.bicep</c>.</summary>
    public static Task<PredictedDeployment> EventSubscriptionAsync() => PredictAsync(
        "event-subscription.bicep",
        new Dictionary<string, string> { ["topicName"] = "'egst-abc'", ["appName"] = "'func-tiny-abc'", ["storageName"] = "'stabc'" },
        [],
        resourceGroup: "rg-dev");

    private static Task<PredictedDeployment> PredictAsync(
        string file, Dictionary<string, string> parameters, Dictionary<string, string> changes, string? resourceGroup)
    {
        foreach ((string name, string value) in changes)
            parameters[name] = value;

        string key = $"{file} {string.Join(' ', parameters.OrderBy(p => p.Key, StringComparer.Ordinal))}";
        return Made.GetOrAdd(key, _ => new(() => Task.Run(() => PredictedDeployment.Predict(file, parameters, resourceGroup)))).Value;
    }
}
