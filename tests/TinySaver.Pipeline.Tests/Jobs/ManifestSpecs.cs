using System.Text;
using System.Text.Json.Serialization;
using Parquet;
using Parquet.Serialization;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;
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

    // As Azure Blob Inventory writes them: names begin with their container, which may be another's; the files are in folders of their rule.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InventoryReport_names_the_images_of_the_container(bool parquet)
    {
        await _jobs.UploadAsync("a/", 2_500, _ => TestImages.NotAnImage);
        string ending = parquet ? "parquet" : "csv";
        string[] files = [.. Enumerable.Range(0, 2).Select(i => $"2026/11/26/10-22-33/daily/daily_1000000_{i}.{ending}")];
        InventoryRow[] rows = [.. Enumerable.Range(0, 2_500).Select(i => new InventoryRow($"images/a/{i:D5}.bmp")), new("other/x.bmp"), new("images"), new("imagesque/x.bmp")];
        for (int i = 0; i < files.Length; i++)
        {
            InventoryRow[] part = [.. rows.Where((_, n) => n % 2 == i)];
            _jobs.Files.Manifests[files[i]] = parquet ? await ParquetAsync(part) : Csv(part);
        }

        _jobs.Files.Manifests["2026/11/26/10-22-33/daily/daily-manifest.json"] = Encoding.UTF8.GetBytes($$"""
            {"destinationContainer":"jobs","endpoint":"https://account.blob.core.windows.net","files":[{"blob":"{{files[0]}}","size":1},{"blob":"{{files[1]}}","size":2}],
             "inventoryCompletionTime":"2026-11-26T10:22:39Z","inventoryStartTime":"2026-11-26T10:22:33Z","ruleDefinition":{"format":"{{ending}}","objectType":"blob"},
             "ruleName":"daily","status":"Succeeded","version":"1.0"}
            """);
        foreach ((string job, string manifest) in ((string, string)[])[("report", "2026/11/26/10-22-33/daily/daily-manifest.json"), ("file", files[0])])
        {
            await _jobs.SubmitAsync(new(job) { Manifest = manifest });
            await _jobs.RunAsync();
        }

        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"a/{i:D5}.bmp"), (await _jobs.ResultsAsync("report")).Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 1_250).Select(i => $"a/{2 * i:D5}.bmp"), (await _jobs.ResultsAsync("file")).Select(r => r.Name));
    }

    [Fact]
    public async Task ParquetManifest_of_several_row_groups_names_the_images()
    {
        await _jobs.UploadAsync("a/", 2_500, _ => TestImages.NotAnImage);
        var content = new MemoryStream();
        await ParquetSerializer.SerializeAsync(
            Enumerable.Range(0, 2_500).Select(i => new ListRow($"a/{i:D5}.bmp", i)), content, new ParquetOptions { RowGroupSize = 700 }, cancellationToken: Cancellation);
        _jobs.Files.Manifests["m.parquet"] = content.ToArray();

        await _jobs.SubmitAsync(new("list") { Manifest = "m.parquet" });
        await _jobs.RunAsync();

        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"a/{i:D5}.bmp"), (await _jobs.ResultsAsync("list")).Select(r => r.Name));
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
    public async Task Manifest_read_in_many_calls_names_each_image_once()
    {
        _jobs.Files.Manifests["m.csv"] = Names(7);
        StoredJob job = await BeginAsync();
        while (!job.Row.IsHandedOut)
            job = await PlanPageAsync(job);

        await _jobs.RunAsync();

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6"], (await _jobs.ResultsAsync("list")).Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Manifest_that_is_written_anew_meanwhile_fails_the_job()
    {
        _jobs.Files.Manifests["m.csv"] = Names(7);
        StoredJob job = await PlanPageAsync(await BeginAsync());
        _jobs.Files.Manifests["m.csv"] = Names(8);

        Assert.Contains("written anew", (await Assert.ThrowsAsync<InvalidJobException>(() => PlanPageAsync(job))).Message, StringComparison.Ordinal);
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

    private static byte[] Csv(IEnumerable<InventoryRow> rows) => Encoding.UTF8.GetBytes(
        "Name,Creation-Time,Last-Modified,Content-Length,Content-MD5,BlobType,AccessTier,Snapshot,Metadata\n" + string.Concat(rows.Select(r =>
            $"{r.Name},2026-11-20T08:00:00.0000000Z,2026-11-20T08:00:00.0000000Z,{r.Length},,BlockBlob,Hot,,\"{{\"\"camera\"\":\"\"7\"\"}}\"\n")));

    private static async Task<byte[]> ParquetAsync(IEnumerable<InventoryRow> rows)
    {
        var content = new MemoryStream();
        await ParquetSerializer.SerializeAsync(rows, content, cancellationToken: Cancellation);
        return content.ToArray();
    }

    public sealed record ListRow(string Path, int Camera)
    {
        public ListRow()
            : this("", 0)
        {
        }

        [JsonPropertyName("path")]
        public string Path { get; set; } = Path;
    }

    public sealed record InventoryRow(string Name)
    {
        public InventoryRow()
            : this("")
        {
        }

        [JsonPropertyName("Last-Modified")]
        public DateTime LastModified { get; set; } = new(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);

        [JsonPropertyName("Content-Length")]
        public long Length { get; set; } = 58;

        public string BlobType { get; set; } = "BlockBlob";

        public Dictionary<string, string> Metadata { get; set; } = new() { ["camera"] = "7", ["line"] = "4" };
    }

    private static byte[] Names(int count) => Encoding.UTF8.GetBytes("name\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"{i}\n")));

    private async Task<StoredJob> BeginAsync()
    {
        var request = new JobRequest("list") { Manifest = "m.csv" };
        await _jobs.Jobs.TryInsertAsync(new() { Id = request.Id, Request = JobJson.Write(request), SubmittedAt = _jobs.Pipeline.Time.GetUtcNow() }, Cancellation);
        return (await _jobs.Jobs.GetAsync(request.Id, Cancellation))!;
    }

    // As a call that has time for one page.
    private Task<StoredJob> PlanPageAsync(StoredJob job) =>
        new JobPlanner(_jobs.Jobs, _jobs.Messages, _jobs.Pipeline.Images, _jobs.Files, _jobs.Pipeline.Time) { PageSize = 2 }.PlanAsync(job, () => false, Cancellation);
}
