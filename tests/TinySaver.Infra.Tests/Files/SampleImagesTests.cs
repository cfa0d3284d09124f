namespace TinySaver.Infra.Tests.Files;

/// <summary>The generator of the sample domain, run as README runs it.</summary>
[Collection(nameof(ProcessRun))]
public sealed class SampleImagesTests
{
    [Fact]
    public async Task A_short_run_begins_as_the_committed_images_do()
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-steel-").FullName;
        try
        {
            ProcessRun run = await ProcessRun.StartAsync(
                "dotnet", ["run", "samples/generate-images.cs", "--", "--count", "7", "--seed", "3003", "--out", folder], cancellationToken: TestContext.Current.CancellationToken);

            Assert.True(run.ExitCode == 0, run.Output + run.Errors);
            string[] manifest = await File.ReadAllLinesAsync(Path.Combine(folder, "manifest.csv"), TestContext.Current.CancellationToken);
            Assert.Equal(Repository.Read("samples", "images-manifest.csv").Split('\n').Take(8), manifest);
            Assert.All(manifest.Skip(1), line => Assert.True(File.Exists(Path.Combine(folder, line.Split(',')[0]))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
