using System.Text;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Jobs;

public sealed class InMemoryJobsTests : JobStoreContract
{
    protected override Task<(IJobStore Jobs, IJobFiles Files)> CreateAsync() =>
        Task.FromResult<(IJobStore, IJobFiles)>((new InMemoryJobs(TimeProvider.System), new InMemoryJobFiles { Manifests = { ["m.csv"] = "name\n"u8.ToArray() } }));
}

public sealed class StorageJobsTests(AzuriteFixture azurite) : JobStoreContract
{
    protected override async Task<(IJobStore Jobs, IJobFiles Files)> CreateAsync()
    {
        StorageOptions options = azurite.NewOptions();
        StorageClients clients = AzuriteFixture.Connect(options);
        var jobs = new TableJobStore(clients.Tables.GetTableClient(options.JobsTable));
        var files = new BlobJobFiles(clients.Blobs.GetBlobContainerClient(options.JobsContainer), clients.Blobs.GetBlobContainerClient(options.ResultsContainer));
        for (int i = 0; i < 2; i++)
        {
            await jobs.EnsureCreatedAsync(Cancellation);
            await files.EnsureCreatedAsync(Cancellation);
        }

        foreach (string text in (string[])["name\n", "path\nother\n"])
            await files.TryUploadManifestAsync("m.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancellation);

        return (jobs, files);
    }
}

/// <summary>What every store of jobs keeps.</summary>
public abstract class JobStoreContract
{
    private static readonly JobRow Job = new() { Id = "Job-1", Request = "{}", SubmittedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };

    private static readonly LabelRow Row = new LabelRow("a'ü/\u0001 \"1", new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "0x1")) with
    {
        Status = LabelStatus.Labelled,
        Label = "crane",
        ClassIndex = 3,
        Confidence = 0.1 + 0.2,
        DecidedBy = Decider.Large,
        Shadow = true,
        TopK = [new(3, "crane", 0.3f)],
        Policy = "p",
    };

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<(IJobStore Jobs, IJobFiles Files)> CreateAsync();

    [Fact]
    public async Task Jobs_AreInsertedOnceAndReplacedOnlyAsTheyWereRead()
    {
        IJobStore jobs = (await CreateAsync()).Jobs;

        Assert.Null(await jobs.GetAsync("Job-1", Cancellation));
        Assert.True(await jobs.TryInsertAsync(Job, Cancellation));
        Assert.False(await jobs.TryInsertAsync(Job with { Request = "x" }, Cancellation));
        StoredJob first = (await jobs.GetAsync("Job-1", Cancellation))!;
        Assert.Equal(Job, first.Row);
        Assert.InRange(first.MovedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        JobRow whole = Job with
        {
            State = JobState.Cancelled,
            Reason = "r",
            Cursor = "c",
            Chunks = 1,
            Images = 5_000_000_000,
            Sent = 1,
            PlannedAt = Job.SubmittedAt.AddSeconds(1),
            FinishedAt = Job.SubmittedAt.AddSeconds(2),
        };
        Assert.True(await jobs.TryReplaceAsync(whole, first.Tag, [], Cancellation));
        Assert.False(await jobs.TryReplaceAsync(Job, first.Tag, [], Cancellation));
        Assert.Equal(whole, (await jobs.GetAsync("Job-1", Cancellation))!.Row);
        Assert.Equal([whole], await jobs.ListAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Chunks_AreAddedWithTheRowOrNotAtAll()
    {
        IJobStore jobs = (await CreateAsync()).Jobs;
        await jobs.TryInsertAsync(Job, Cancellation);
        string tag = (await jobs.GetAsync("Job-1", Cancellation))!.Tag;
        JobChunk[] chunks = [.. Enumerable.Range(0, IJobStore.MaxNewChunks).Select(Chunk)];

        Assert.True(await jobs.TryReplaceAsync(Job with { Chunks = chunks.Length }, tag, chunks, Cancellation));
        Assert.False(await jobs.TryReplaceAsync(Job with { Chunks = chunks.Length + 1 }, tag, [Chunk(chunks.Length)], Cancellation));

        Assert.Null(await jobs.GetChunkAsync("Job-1", chunks.Length, Cancellation));
        (JobChunk chunk, _) = (await jobs.GetChunkAsync("Job-1", 7, Cancellation))!.Value;
        Assert.Equal(("Job-1", 7, null), (chunk.Job, chunk.Number, chunk.Rows));
        Assert.Equal(chunks[7].Images, chunk.Images);
        Assert.Equal([10, 11, 12], (await jobs.ChunksAsync("Job-1", 10, 3, Cancellation).ToListAsync(Cancellation)).Select(c => c.Number));
        Assert.Equal(chunks.Length, await jobs.ChunksAsync("Job-1", 0, 1_000, Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task Chunk_Marked_SaysWhichImageIsTriedAndIsWrittenOnlyAsItWasRead()
    {
        IJobStore jobs = (await CreateAsync()).Jobs;
        await jobs.TryInsertAsync(Job, Cancellation);
        await jobs.TryReplaceAsync(Job with { Chunks = 1 }, (await jobs.GetAsync("Job-1", Cancellation))!.Tag, [Chunk(0)], Cancellation);
        (JobChunk chunk, string first) = (await jobs.GetChunkAsync("Job-1", 0, Cancellation))!.Value;

        string second = (await jobs.TryMarkAsync(chunk with { Try = new(1, 6) }, first, Cancellation))!;
        Assert.Null(await jobs.TryMarkAsync(chunk with { Try = new(0, 6) }, first, Cancellation));
        string third = (await jobs.TryMarkAsync(chunk with { Try = new(1, 7) }, second, Cancellation))!;

        (JobChunk read, string tag) = (await jobs.GetChunkAsync("Job-1", 0, Cancellation))!.Value;
        Assert.Equal((new JobTry(1, 7), third, null), (read.Try, tag, read.Rows));
        Assert.Equal(chunk.Images, read.Images);
        Assert.True(await jobs.TryCompleteAsync(chunk with { Rows = [Row, Row] }, third, new() { Chunks = 1 }, Cancellation));
        Assert.Null(await jobs.TryMarkAsync(chunk, third, Cancellation));
    }

    [Fact]
    public async Task Chunk_EnteredTwice_IsCountedOnce()
    {
        IJobStore jobs = (await CreateAsync()).Jobs;
        await jobs.TryInsertAsync(Job, Cancellation);
        string tag = (await jobs.GetAsync("Job-1", Cancellation))!.Tag;
        await jobs.TryReplaceAsync(Job with { Chunks = 40 }, tag, [.. Enumerable.Range(0, 40).Select(Chunk)], Cancellation);

        // Each by three at once, and all counts beside each other.
        bool[] entered = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Task.Run(async () =>
        {
            (JobChunk chunk, string tag) = (await jobs.GetChunkAsync("Job-1", i % 40, Cancellation))!.Value;
            return chunk.Rows is null && await jobs.TryCompleteAsync(
                chunk with { Rows = [Row, Row], Skipped = ulong.MaxValue - 1 }, tag, new JobCounts { Chunks = 1, Images = 2, Policies = new Dictionary<string, long> { ["p"] = 2 } }, Cancellation);
        })));

        Assert.Equal(40, entered.Count(e => e));
        StoredJob job = (await jobs.GetAsync("Job-1", Cancellation))!;
        Assert.Equal(new JobCounts { Chunks = 40, Images = 80, Policies = new Dictionary<string, long> { ["p"] = 80 } }.ToJson(), job.Counts.ToJson());
        JobChunk read = (await jobs.GetChunkAsync("Job-1", 3, Cancellation))!.Value.Chunk;
        Assert.Equal(ulong.MaxValue - 1, read.Skipped);
        Assert.All(read.Rows!, r => Assert.Equal(Row with { TopK = [] }, r with { TopK = [] }));
        Assert.Equal(Row.TopK, read.Rows![0].TopK);

        await jobs.DeleteChunksAsync("Job-1", Cancellation);
        await jobs.DeleteChunksAsync("Job-1", Cancellation);
        Assert.Empty(await jobs.ChunksAsync("Job-1", 0, 100, Cancellation).ToListAsync(Cancellation));
        Assert.Equal(0, (await jobs.GetAsync("Job-1", Cancellation))!.Counts.Images);
    }

    [Fact]
    public async Task Rows_WithTextsOfAnyLength_FitTheChunk()
    {
        IJobStore jobs = (await CreateAsync()).Jobs;
        await jobs.TryInsertAsync(Job, Cancellation);
        string tag = (await jobs.GetAsync("Job-1", Cancellation))!.Tag;
        await jobs.TryReplaceAsync(Job with { Chunks = 1 }, tag, [Chunk(0)], Cancellation);
        (JobChunk chunk, string chunkTag) = (await jobs.GetChunkAsync("Job-1", 0, Cancellation))!.Value;
        var random = new Random(1);
        string Text() => Convert.ToBase64String(RandomBytes(random, 12_000));
        LabelRow[] rows = [.. Enumerable.Range(0, 64).Select(_ => Row with { ReasonDetail = Text() })];

        Assert.True(await jobs.TryCompleteAsync(chunk with { Rows = rows }, chunkTag, new() { Chunks = 1 }, Cancellation));

        Assert.Equal(64, (await jobs.GetChunkAsync("Job-1", 0, Cancellation))!.Value.Chunk.Rows!.Count);
    }

    [Fact]
    public async Task Files_AreWrittenOnceAndListedWithTheirCounts()
    {
        IJobFiles files = (await CreateAsync()).Files;
        var counts = new JobCounts { Images = 3, FailedByReason = new Dictionary<string, long> { ["empty"] = 3 } };
        foreach (string text in (string[])["first", "second"])
            await files.TryWriteAsync("a/part-00000.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), text == "first" ? counts : new(), Cancellation);

        await files.TryWriteAsync("a/summary.json", new MemoryStream("{}"u8.ToArray()), null, Cancellation);
        await files.TryWriteAsync("ab/summary.json", new MemoryStream("{}"u8.ToArray()), null, Cancellation);

        Assert.Equal(
            [("a/part-00000.csv", counts.ToJson()), ("a/summary.json", null)],
            (await files.ListAsync("a", Cancellation).ToListAsync(Cancellation)).Select(f => (f.Path, f.Counts?.ToJson())));
        await using Stream content = (await files.OpenAsync("a/part-00000.csv", Cancellation))!;
        Assert.Equal("first", await new StreamReader(content).ReadToEndAsync(Cancellation));
        Assert.Null(await files.OpenAsync("a/other", Cancellation));
        Assert.Null(await files.OpenManifestAsync("other.csv", Cancellation));
        (Stream manifest, string etag) = (await files.OpenManifestAsync("m.csv", Cancellation))!.Value;
        Assert.Equal((5, true), (manifest.Length, manifest.CanSeek));
        Assert.NotEmpty(etag);
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static JobChunk Chunk(int number) => new("Job-1", number, [new($"a'ü/\u0001 \"{number}", "0x1"), new("b")]);
}
