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
    public void Hooks_RunAtTheirMomentsAndExistInBothShells()
    {
        string[] moments = [.. Moment().Matches(Text).Select(m => m.Groups[1].Value)];
        string[] hooks = [.. Hook().Matches(Text).Select(m => m.Groups[1].Value)];

        Assert.Equal(["preprovision", "postprovision", "predeploy", "postdeploy"], moments);
        Assert.Equal(
            ((string[])["check-login", "upload-models", "choose-image", "subscribe-events", "check-large", "doctor"]).SelectMany(h => (string[])[$"infra/hooks/{h}.sh", $"infra/hooks/{h}.ps1"]),
            hooks);
        Assert.All(hooks, h => Assert.True(File.Exists(Repository.PathOf(h)), $"{h} is missing."));
        Assert.Equal(hooks.Length / 2, Text.Split("shell: sh\n").Length - 1);
        Assert.Equal(hooks.Length / 2, Text.Split("shell: pwsh\n").Length - 1);
    }

    // azd takes no variable in this path, so a hook puts the right file there (DeployTests). Git and Docker pass it over; azd packs it by itself.
    [Fact]
    public void Image_IsBuiltFromWhatTheHookPutThere()
    {
        Assert.Contains("\n      path: ../../artifacts/large.Dockerfile\n", Text, StringComparison.Ordinal);
        Assert.Contains("artifacts/", Repository.Read(".gitignore").Split('\n'));
    }

    [Fact]
    public void Azd_IsNewEnoughToShowWhatTheHooksSay() => Assert.Matches(@"\nrequiredVersions:\n(  #.*\n)*  azd: "">= 1\.25\.3""\n", Text);

    [GeneratedRegex(@"^    project: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"^  ((?:pre|post)\w+):$", RegexOptions.Multiline)]
    private static partial Regex Moment();

    [GeneratedRegex(@"^ +run: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Hook();
}
