using System.Text;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>Batch jobs whose images a manifest names.</summary>
public sealed class ManifestSpecs : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryJobs _jobs;

    public ManifestSpecs() => _jobs = new(_cascade);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _cascade.Dispose();
    }

    [Theory]
    [InlineData("m.csv", "path,label\na/00001.bmp,x\na/00002.bmp,y\n'=a.bmp,z\n")]
    [InlineData("m.jsonl", "\"a/00001.bmp\"\n{\"name\":\"a/00002.bmp\",\"x\":1}\n\n{\"path\":\"=a.bmp\"}\n")]
    public async Task Manifest_names_the_images(string path, string content)
    {
        await _jobs.UploadAsync("a/", 10, _ => TestImages.Green);
        _jobs.Files.Manifests[path] = Encoding.UTF8.GetBytes(content);
        await _jobs.SubmitAsync(new("list") { Manifest = path });
        await _jobs.RunAsync();

        Assert.Equal(
            [("=a.bmp", FailureReason.Deleted), ("a/00001.bmp", null), ("a/00002.bmp", null)],
            (await _jobs.ResultsAsync("list")).Select(r => (r.Name, r.Reason)).OrderBy(r => r.Name, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("m.csv", "file,label\na,b\n", "The manifest 'm.csv' has no column 'name' or 'path'; its columns are file, label.")]
    [InlineData("m.csv", "name\na\n\"\"\n", "The manifest 'm.csv' names no image in row 2")]
    [InlineData("m.csv", "", "The manifest 'm.csv' is empty")]
    [InlineData("m.csv", "name\na\"b\"c\n", "The manifest 'm.csv' is not valid CSV at line 2; check its quotes.")]
    [InlineData("m.csv", "\"name\"x\na\n", "The manifest 'm.csv' is not valid CSV at line 1; check its quotes.")]
    [InlineData("m.jsonl", "\"a\"\n{\"nme\":\"a\"}\n", "The manifest 'm.jsonl' names no image in row 2")]
    [InlineData("m.jsonl", "nonsense\n", "The manifest 'm.jsonl' names no image in row 1")]
    [InlineData("m.parquet", "name\n", "The manifest 'm.parquet' is no Parquet file")]
    [InlineData("m.jsonl", "\"\\ud800\"\n", "The manifest 'm.jsonl' names no image in row 1")]
    [InlineData("m.json", "{\"files\":[{\"blob\":null}]}", "The manifest 'm.json' is no manifest of an inventory report")]
    [InlineData("m.json", "{}", "The manifest 'm.json' is no manifest of an inventory report")]
    [InlineData(null, "", "There is no manifest 'gone.csv'")]
    public async Task ManifestThatCannotBeRead_fails_the_job_with_a_sentence(string? path, string content, string why)
    {
        if (path is not null)
            _jobs.Files.Manifests[path] = Encoding.UTF8.GetBytes(content);

        await _jobs.SubmitAsync(new("list") { Manifest = path ?? "gone.csv" });
        await _jobs.RunAsync();

        Assert.Equal(JobState.Failed, (await _jobs.JobAsync("list")).State);
        Assert.Contains(why, (await _jobs.SummaryAsync("list")).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManifestThatIsAway_is_no_damaged_one()
    {
        foreach (string path in (string[])["m.csv", "m.jsonl", "m.parquet", "m.json"])
        {
            _jobs.Files.Manifests[path] = new byte[100];
            _jobs.Files.Away = true;

            await Assert.ThrowsAsync<Azure.RequestFailedException>(() => _jobs.Driver.ReceiveAsync(JobJson.Write(new JobRequest($"away-{path[2..]}") { Manifest = path }), Cancellation));
        }
    }
}
