using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Infra.Tests.Bicep;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>No key, connection string or secret anywhere; every service refuses them.</summary>
public sealed partial class SecretsTests
{
    [BicepTheory]
    [InlineData("main.bicep")]
    [InlineData("large.bicep")]
    public async Task Template_AsksForNoKey(string file)
    {
        BicepBuild build = await BicepCompiler.BuildAsync(file);

        Assert.DoesNotMatch(KeyFunctions(), build.Template);
    }

    [BicepFact]
    public async Task EventSubscription_ReadsItsKeyInAzureAndKeepsItToItself()
    {
        BicepBuild build = await BicepCompiler.BuildAsync("event-subscription.bicep");

        Assert.Single(KeyFunctions().Matches(build.Template));
        Assert.DoesNotMatch(KeyFunctions(), build.Section("outputs").GetRawText());
        Assert.DoesNotContain("key", build.Section("parameters").GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [BicepFact]
    public async Task Outputs_HoldNoSecret()
    {
        using var template = JsonDocument.Parse((await BicepCompiler.BuildAsync("main.bicep")).Template);

        foreach (string outputs in OutputsOf(template.RootElement))
            Assert.DoesNotMatch(Secretive(), outputs);
    }

    [BicepFact]
    public async Task Settings_HoldNoSecret()
    {
        PredictedResource[] apps = [(await Deployments.MainAsync()).Only("Microsoft.Web/sites"), (await Deployments.LargeAsync("T4")).Only("Microsoft.App/containerApps")];
        foreach ((string name, string value) in apps.SelectMany(AppSettings.Of))
        {
            // Names the component and its endpoint. Its instrumentation key opens nothing: see Services_RefuseKeys.
            if (name != FunctionAppTelemetry.ConnectionSetting)
                Assert.DoesNotMatch(Secretive(), $"{name}={value}");
        }
    }

    [BicepFact]
    public async Task Services_RefuseKeys()
    {
        PredictedDeployment main = await Deployments.MainAsync();

        Assert.False(main.Only("Microsoft.Storage/storageAccounts").At("properties.allowSharedKeyAccess").GetBoolean());
        Assert.False(main.Only("Microsoft.Storage/storageAccounts").At("properties.allowBlobPublicAccess").GetBoolean());
        Assert.True(main.Only("Microsoft.ServiceBus/namespaces").At("properties.disableLocalAuth").GetBoolean());
        Assert.True(main.Only("Microsoft.Insights/components").At("properties.DisableLocalAuth").GetBoolean());
        Assert.True(main.Only("Microsoft.OperationalInsights/workspaces").At("properties.features.disableLocalAuth").GetBoolean());
        Assert.False(main.Only("Microsoft.ContainerRegistry/registries").At("properties.adminUserEnabled").GetBoolean());
        PredictedResource[] publishing = [.. main.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")];
        Assert.Equal(2, publishing.Length);
        Assert.All(publishing, p => Assert.False(p.At("properties.allow").GetBoolean()));
    }

    [BicepFact]
    public async Task Services_AskForTls12()
    {
        PredictedDeployment main = await Deployments.MainAsync();

        Assert.Equal("TLS1_2", main.Only("Microsoft.Storage/storageAccounts").Text("properties.minimumTlsVersion"));
        Assert.Equal("1.2", main.Only("Microsoft.ServiceBus/namespaces").Text("properties.minimumTlsVersion"));
        Assert.Equal("1.2", main.Only("Microsoft.Web/sites").Text("properties.siteConfig.minTlsVersion"));
        Assert.True(main.Only("Microsoft.Web/sites").At("properties.httpsOnly").GetBoolean());
    }

    // A deployment's history keeps the outputs of every module, not only those of the main file.
    private static IEnumerable<string> OutputsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.Name == "outputs" ? [p.Value.GetRawText()] : OutputsOf(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(OutputsOf),
        _ => [],
    };

    [GeneratedRegex(@"\blist\w*\(", RegexOptions.IgnoreCase)]
    private static partial Regex KeyFunctions();

    [GeneratedRegex(@"connectionstring|accountkey|sharedaccess|password|secret|instrumentationkey|\bsig=|listkeys|\bsas\b", RegexOptions.IgnoreCase)]
    private static partial Regex Secretive();
}
