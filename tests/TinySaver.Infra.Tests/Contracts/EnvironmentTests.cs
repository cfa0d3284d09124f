using System.Text.RegularExpressions;
using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>What travels by name between <c>main.bicep</c>, azd's environment, <c>azure.yaml</c>, the parameter files, the hooks and the documentation.</summary>
public sealed partial class EnvironmentTests
{
    // azd itself looks for these, or sets them.
    private static readonly string[] AzdReads = ["AZURE_CONTAINER_REGISTRY_ENDPOINT", "AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "AZURE_TENANT_ID"];

    // Part of azd's own environment.
    private static readonly string[] AzdSets = ["AZURE_SUBSCRIPTION_ID"];

    // Read by the sign-in of Azure's libraries.
    private const string SignInReads = "AZURE_TOKEN_CREDENTIALS";

    // Read by a hook from the person's environment, with a default of its own.
    private const string PolicySetting = "TINYSAVER_POLICY";

    private static readonly string AzureYaml = Repository.Read("azure.yaml");

    public static TheoryData<string> Hooks => [.. Directory.EnumerateFiles(Repository.PathOf("infra", "hooks")).Where(f => f.EndsWith(".sh", StringComparison.Ordinal) || f.EndsWith(".ps1", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [BicepTheory]
    [MemberData(nameof(Hooks))]
    public async Task Hook_ReadsOnlyOutputsAndSettings(string hook) =>
        Assert.Empty(Names(Hook(hook)).Except([.. await OutputsAsync(), .. Settings(), .. AzdSets, SignInReads, PolicySetting]));

    [BicepFact]
    public async Task AzureYaml_ReadsOnlyOutputs() => Assert.Empty(Names(AzureYaml.Split("\npipeline:")[0]).Except(await OutputsAsync()));

    // Else a setting that a person made would be lost in a deployment by the workflow.
    [BicepFact]
    public async Task Pipeline_HandsOnWhatAPersonMaySet() => Assert.Equal(
        Settings().Append(PolicySetting).Where(n => n.StartsWith("TINYSAVER_", StringComparison.Ordinal)).Except([.. await OutputsAsync()]).Append("TINYSAVER_GPU").Distinct().Order(StringComparer.Ordinal),
        Names(AzureYaml.Split("\npipeline:")[1]).Order(StringComparer.Ordinal));

    [BicepFact]
    public async Task Documentation_NamesOnlyOutputsAndSettings() => Assert.Empty(
        Names(Repository.Read("docs", "deploy.md") + Repository.Read("README.md")).Except([.. await OutputsAsync(), .. Settings(), PolicySetting]));

    // With the tests above, a new name on one side alone fails.
    [BicepFact]
    public async Task Outputs_AreAllReadBySomebody()
    {
        IEnumerable<string> read = Hooks.Select(h => Hook(h.Data)).Append(AzureYaml).Append(Repository.Read("infra", "large.parameters.json")).Append(Repository.Read("infra", "main.parameters.json")).Append(Repository.Read("docs", "deploy.md"))
            .SelectMany(Names).Concat(AzdReads);

        Assert.Empty((await OutputsAsync()).Except(read));
        Assert.Empty(AzdReads.Except(await OutputsAsync()));
    }

    [BicepTheory]
    [InlineData("subscribe-events.sh")]
    [InlineData("subscribe-events.ps1")]
    public async Task Hook_GivesTheEventSubscriptionItsParametersAndWaitsForItsKey(string hook)
    {
        BicepBuild subscription = await BicepCompiler.BuildAsync("event-subscription.bicep");

        Assert.Equal(subscription.Names("parameters").Order(StringComparer.Ordinal), Parameter().Matches(Hook(hook)).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Contains(SystemKey().Match(subscription.Template).Value, Hook(hook), StringComparison.Ordinal);
        Assert.NotEqual("", SystemKey().Match(subscription.Template).Value);
    }

    [Theory]
    [InlineData("postprovision", "upload-models")]
    [InlineData("postdeploy", "subscribe-events")]
    [InlineData("postdeploy", "check-large")]
    [InlineData("postdeploy", "doctor")]
    [InlineData("preprovision", "check-login")]
    [InlineData("predeploy", "choose-image")]
    public void AzureYaml_RunsEachHookAtTheMomentThatItNames(string moment, string hook)
    {
        string section = Moments().Split(AzureYaml).Single(s => s.StartsWith($"{moment}:\n", StringComparison.Ordinal));

        Assert.Contains($"run: infra/hooks/{hook}.sh", section, StringComparison.Ordinal);
        Assert.All((string[])[$"{hook}.sh", $"{hook}.ps1"], h => Assert.All(RunAgain().Matches(Hook(h)), m => Assert.Equal(moment, m.Groups[1].Value)));
    }

    [Fact]
    public void Documentation_RunsOnlyHooksThatAreThere() =>
        Assert.All(RunAgain().Matches(Repository.Read("docs", "deploy.md")), m => Assert.Contains($"\n  {m.Groups[1].Value}:\n", AzureYaml, StringComparison.Ordinal));

    [BicepFact]
    public async Task Services_AreFoundByTheirTags()
    {
        string?[] tags = [Service((await Deployments.MainAsync()).Only("Microsoft.Web/sites")), Service((await Deployments.LargeAsync()).Only("Microsoft.App/containerApps"))];

        Assert.Equal(tags, ServiceName().Matches(AzureYaml).Select(m => m.Groups[1].Value));
        // azd passes the image that it built under the service's name.
        Assert.Contains($"${{SERVICE_{tags[1]!.ToUpperInvariant()}_IMAGE_NAME}}", Repository.Read("infra", "large.parameters.json"), StringComparison.Ordinal);

        static string? Service(PredictedResource app) => app.At("tags.azd-service-name").GetString();
    }

    private static string Hook(string name) => Repository.Read("infra", "hooks", name);

    // azd keeps those of both deployments; the SERVICE_ one is azd's own word.
    private static async Task<string[]> OutputsAsync() =>
        [.. (await BicepCompiler.BuildAsync("main.bicep")).Names("outputs"), .. (await BicepCompiler.BuildAsync("large.bicep")).Names("outputs").Where(o => Name().IsMatch(o))];

    // What a person may set: variables of the parameter files.
    private static IEnumerable<string> Settings() => Names(Repository.Read("infra", "main.parameters.json") + Repository.Read("infra", "large.parameters.json"));

    private static IEnumerable<string> Names(string text) => Name().Matches(text).Select(m => m.Value).Distinct();

    [GeneratedRegex(@"\b(?:TINYSAVER|AZURE)_[A-Z0-9_]+")]
    private static partial Regex Name();

    [GeneratedRegex(@"^  (?=(?:pre|post)\w+:$)", RegexOptions.Multiline)]
    private static partial Regex Moments();

    [GeneratedRegex(@"""(\w+)=\$\w+""")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"systemKeys\.\w+")]
    private static partial Regex SystemKey();

    [GeneratedRegex(@"azd hooks run (\w+)")]
    private static partial Regex RunAgain();

    [GeneratedRegex(@"^  (\w+):\n    project: ", RegexOptions.Multiline)]
    private static partial Regex ServiceName();
}
