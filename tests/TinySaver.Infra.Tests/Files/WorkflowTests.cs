using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Files;

/// <summary>The workflows and Dependabot's list, as far as their text tells.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Deploy = Repository.Read(".github", "workflows", "azure-dev.yml");

    [Fact]
    public void Ci_RunsWhatEveryOtherMachineRuns() => Assert.EndsWith("\n      - run: bash .ci/run\n", Repository.Read(".github", "workflows", "ci.yml"), StringComparison.Ordinal);

    // Federated: a token of GitHub's for Entra ID, and no secret anywhere.
    [Fact]
    public void Deployment_SignsInWithoutASecretAndBothClientsBeforeTheyAreUsed()
    {
        int[] order = [.. ((string[])["id-token: write", "uses: azure/login@", "run: azd auth login ", "run: azd provision ", "run: azd deploy "]).Select(s => Deploy.IndexOf(s, StringComparison.Ordinal))];

        Assert.Equal(order.Order(), order);
        Assert.True(order[0] > 0);
        Assert.Contains("--federated-credential-provider github", Deploy, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets.", Deploy, StringComparison.Ordinal);
        // Roles are assigned to who deploys, and Azure wants to know what that is.
        Assert.Contains("AZURE_PRINCIPAL_TYPE: ServicePrincipal", Deploy, StringComparison.Ordinal);
    }

    // azure.yaml lists the settings that azd makes variables of the repository (EnvironmentTests); an empty one would not take its default.
    [Fact]
    public void Deployment_TakesEverySettingThatHasAValue()
    {
        Assert.Contains("startswith(\"TINYSAVER_\")", Deploy, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"TINYSAVER_\w+: ", Deploy);
    }

    [Fact]
    public void Dependabot_LooksAfterEverythingThatHasAVersion()
    {
        (string Ecosystem, string Folder)[] updates = [.. Update().Matches(Repository.Read(".github", "dependabot.yml")).Select(m => (m.Groups[1].Value, m.Groups[2].Value))];

        Assert.Equal(["docker", "docker-compose", "github-actions", "npm", "nuget"], updates.Select(u => u.Ecosystem).Order(StringComparer.Ordinal));
        Assert.All(updates, u => Assert.True(Directory.Exists(Repository.PathOf(u.Folder.TrimStart('/')))));
        Assert.True(File.Exists(Repository.PathOf("tools", "azurite", "package.json")) && File.Exists(Repository.PathOf("compose.yaml")));
    }

    [GeneratedRegex(@"package-ecosystem: (\S+)\n    directory: (\S+)\n")]
    private static partial Regex Update();
}
