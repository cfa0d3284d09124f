using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Files;

/// <summary><c>azure.yaml</c> and what it points at.</summary>
public sealed partial class AzureYamlTests
{
    private static readonly string Text = Repository.Read("azure.yaml");

    [Fact]
    public void Services_AreProjectsOfThisRepository()
    {
        string[] projects = [.. Project().Matches(Text).Select(m => m.Groups[1].Value)];

        Assert.Equal(["src/TinySaver.Functions.Tiny", "src/TinySaver.Functions.Large"], projects);
        Assert.All(projects, p => Assert.True(File.Exists(Repository.PathOf(p, $"{Path.GetFileName(p)}.csproj")), $"{p} has no project file."));
        Assert.True(File.Exists(Repository.PathOf("src/TinySaver.Functions.Large", "Dockerfile")));
    }

    // azd deploys a service by infra/SERVICE.bicep where that and its parameters are there.
    [Fact]
    public void LargeService_IsDeployedByItsOwnBicepFile()
    {
        Assert.Contains("\n  large:\n", Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Repository.PathOf("infra", "large.bicep")));
        Assert.True(File.Exists(Repository.PathOf("infra", "large.parameters.json")));
    }

    [Fact]
    public void Hooks_ExistInBothShells()
    {
        string[] hooks = [.. Hook().Matches(Text).Select(m => m.Groups[1].Value)];

        Assert.Equal(
            ["infra/hooks/upload-models.sh", "infra/hooks/upload-models.ps1", "infra/hooks/subscribe-events.sh", "infra/hooks/subscribe-events.ps1"], hooks);
        Assert.All(hooks, h => Assert.True(File.Exists(Repository.PathOf(h)), $"{h} is missing."));
        Assert.Equal(2, Text.Split("shell: sh\n").Length - 1);
        Assert.Equal(2, Text.Split("shell: pwsh\n").Length - 1);
    }

    [Fact]
    public void Image_IsBuiltInTheFlavourThatTheInfrastructureAsksFor()
    {
        Assert.Contains("FLAVOUR=${TINYSAVER_LARGE_FLAVOUR}", Text, StringComparison.Ordinal);
        Assert.Contains("output TINYSAVER_LARGE_FLAVOUR string", Repository.Read("infra", "main.bicep"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^    project: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"^      run: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Hook();
}
