namespace TinySaver.Infra.Tests.Files;

/// <summary>The generator of the sample domain, run as README runs it.</summary>
[Collection(nameof(ProcessRun))]
public sealed class SampleImagesTests
{
    [Fact]
    public async Task A_short_run_begins_as_the_committed_images_do()
    {
        using var folder = new TemporaryFolder();

        ProcessRun run = await ProcessRun.StartAsync(
            "dotnet", ["run", "samples/generate-images.cs", "--", "--count", "7", "--seed", "3003", "--out", folder.Path], cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        string[] manifest = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "manifest.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(Repository.Read("samples", "images-manifest.csv").Split('\n').Take(8), manifest);
        Assert.All(manifest.Skip(1).Select(line => line.Split(',')[0]), image => Assert.Equal(
            File.ReadAllBytes(Path.Combine(RepositoryPaths.Samples, "images", image)), File.ReadAllBytes(Path.Combine(folder.Path, image))));
    }
}
