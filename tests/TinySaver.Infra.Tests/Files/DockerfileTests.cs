using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Files;

/// <summary>The large app's Dockerfile, as far as its text tells: no Docker runs here.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("src", "TinySaver.Functions.Large", "Dockerfile"));

    private static readonly string Text = string.Join('\n', Lines);

    [Fact]
    public void Stages_AreABuildAndARuntimeForEachFlavour()
    {
        string[] stages = [.. Stage().Matches(Text).Select(m => m.Groups[1].Value)];

        Assert.Equal(["build", "runtime-cpu", "cuda", "runtime-gpu", "final"], stages);
        Assert.Contains("FROM runtime-${FLAVOUR} AS final", Lines);
        Assert.Contains("ARG FLAVOUR=cpu", Lines);
    }

    [Fact]
    public void GpuFlavour_HasCuda12AndCudnn9()
    {
        Assert.Matches(@"ARG CUDA_IMAGE=nvidia/cuda:12\.[\d.]+-cudnn-runtime-", Text);
        Assert.Contains("libcudnn*.so.9", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_RefusesAnEmptyAppAndTakesTheFlavoursRuntime()
    {
        Assert.Contains("-p:RequireFunctionApps=true -p:Gpu=${gpu}", Text, StringComparison.Ordinal);
        Assert.Contains("'$(Gpu)' == 'true'", Repository.Read("src", "TinySaver.Functions.Large", "TinySaver.Functions.Large.csproj"), StringComparison.Ordinal);
    }

    [Fact]
    public void Container_DoesNotRunAsRoot()
    {
        string user = Assert.Single(Lines, l => l.StartsWith("USER ", StringComparison.Ordinal));

        Assert.Equal("USER 1654", user);
        Assert.True(Array.IndexOf(Lines, user) > Array.FindIndex(Lines, l => l.Contains("AS final", StringComparison.Ordinal)));
    }

    // The final image holds the published app only: what the build stage saw stays there.
    [Fact]
    public void FinalImage_TakesOnlyThePublishedApp()
    {
        string[] final = Lines[Array.FindIndex(Lines, l => l.Contains("AS final", StringComparison.Ordinal))..];

        Assert.Equal(["COPY --from=build /app /home/site/wwwroot"], final.Where(l => l.StartsWith("COPY", StringComparison.Ordinal)));
    }

    // Not in the repository: the warning TSF0001 has users add one, and the image's build restores with it as theirs does.
    private static readonly string[] PackageSources = ["nuget.config", "NuGet.config", "NuGet.Config"];

    [Fact]
    public void Context_HoldsWhatTheBuildNeedsAndNothingPrivate()
    {
        string[] ignored = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        string[] allowed = [.. ignored.Where(l => l.StartsWith('!')).Select(l => l[1..])];

        Assert.Contains("*", ignored);
        Assert.Contains("**/local.settings.json", ignored);
        Assert.All(allowed.Except(PackageSources), a => Assert.True(Path.Exists(Repository.PathOf(a)), $".dockerignore allows '{a}', which is not there."));
        Assert.Superset(new HashSet<string>(["src", "eng", "host.json", "global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", .. PackageSources]), allowed.ToHashSet());
    }

    [GeneratedRegex(@"^FROM \S+ AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();
}
