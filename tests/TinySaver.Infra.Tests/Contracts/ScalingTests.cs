using System.Text.Json;
using TinySaver.Infra.Tests.Bicep;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>What wakes the large app, how many replicas it may have, and what its Functions hosts are told.</summary>
public sealed class ScalingTests
{
    [BicepTheory]
    [InlineData("none", "1500", 3)]
    [InlineData("T4", "30000", 1)]
    [InlineData("A100", "75000", 1)]
    public async Task LargeApp_IsWokenByARuleOfItsOwnWithItsIdentity(string gpu, string messages, int replicas)
    {
        PredictedResource app = (await Deployments.LargeAsync(gpu)).Only("Microsoft.App/containerApps");
        JsonElement scale = app.At("properties.template.scale");
        JsonElement rule = Assert.Single(scale.GetProperty("rules").EnumerateArray()).GetProperty("custom");

        // A plain app: of kind functionapp the platform would refuse the rule.
        Assert.Equal(JsonValueKind.Null, app.Json.TryGetProperty("kind", out JsonElement kind) ? kind.ValueKind : JsonValueKind.Null);
        Assert.Equal("azure-servicebus", rule.GetProperty("type").GetString());
        Assert.Contains("/userAssignedIdentities/id-large-abc", rule.GetProperty("identity").GetString(), StringComparison.Ordinal);
        // The scaler adds the domain by itself (KEDA, azure_servicebus_scaler.go), and counts one queue, whose dead letters are not in it.
        Assert.Equal(("sb-abc", FunctionAppOptions.EscalationsQueue, messages), (Text("namespace"), Text("queueName"), Text("messageCount")));
        Assert.Equal((0, replicas), (scale.GetProperty("minReplicas").GetInt32(), scale.GetProperty("maxReplicas").GetInt32()));

        string Text(string name) => rule.GetProperty("metadata").GetProperty(name).GetString()!;
    }

    [BicepFact]
    public async Task LargeApp_LeftToThePlatform_IsAFunctionAppWithoutRules()
    {
        PredictedResource app = (await Deployments.LargeAsync("none", new() { ["scaling"] = "'Platform'" })).Only("Microsoft.App/containerApps");

        Assert.Equal("functionapp", app.Text("kind"));
        Assert.False(app.At("properties.template.scale").TryGetProperty("rules", out JsonElement rules) && rules.ValueKind != JsonValueKind.Null);
        // It reads the triggers through the ingress, which nobody else needs.
        Assert.False(app.At("properties.configuration.ingress.external").GetBoolean());
    }

    [BicepFact]
    public async Task LargeApp_TakesItsNumbersFromTheParameters()
    {
        PredictedResource app = (await Deployments.LargeAsync("T4", new()
        {
            ["minimumReplicas"] = "1",
            ["maximumReplicas"] = "5",
            ["messagesPerReplica"] = "200",
            ["batchSize"] = "32",
        })).Only("Microsoft.App/containerApps");
        JsonElement scale = app.At("properties.template.scale");

        Assert.Equal((1, 5), (scale.GetProperty("minReplicas").GetInt32(), scale.GetProperty("maxReplicas").GetInt32()));
        Assert.Equal("200", scale.GetProperty("rules")[0].GetProperty("custom").GetProperty("metadata").GetProperty("messageCount").GetString());
        Assert.Equal("128", AppSettings.Of(app)["AzureFunctionsJobHost__extensions__serviceBus__maxMessageBatchSize"]);
    }

    // The root host.json serves both apps and stays as it is; what the large app needs otherwise is a setting of its own.
    [BicepFact]
    public async Task LargeApp_OverridesHostJsonOnlyWhereItsBatchesDiffer()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        JsonElement serviceBus = host.RootElement.GetProperty("extensions").GetProperty("serviceBus");

        Assert.Equal(
            serviceBus.GetProperty("maxMessageBatchSize").ToString(),
            AppSettings.Of((await Deployments.LargeAsync()).Only("Microsoft.App/containerApps"))["AzureFunctionsJobHost__extensions__serviceBus__maxMessageBatchSize"]);
    }

    // Outside App Service the Functions host derives its id from the machine's name: each replica would be a host of its own.
    [BicepFact]
    public async Task LargeApp_HasOneHostIdThatTheFunctionsHostAccepts()
    {
        Dictionary<string, string> settings = AppSettings.Of((await Deployments.LargeAsync()).Only("Microsoft.App/containerApps"));
        string real = (await Deployments.MainAsync()).Outputs.GetProperty("TINYSAVER_LARGE_APP").GetString()!;

        Assert.Equal("ca-large-abc", settings["AzureFunctionsWebHost__hostid"]);
        Assert.Matches("^(?!-)(?!.*--)[a-z0-9-]{1,32}(?<!-)$", real);
        Assert.Equal("dotnet-isolated", settings["FUNCTIONS_WORKER_RUNTIME"]);
    }
}
