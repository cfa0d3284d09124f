using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>Jobs of up to a million images by the real planner, worker and finisher: figures for docs/jobs.md, run by hand, one size at a time.</summary>
/// <remarks>What stands in for storage keeps next to nothing in memory: images are made up, rows and files counted, chunks kept on disk.</remarks>
public sealed class JobScaleTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    // Three, so that each has a process of its own to measure.
    [Fact(Explicit = true)]
    public Task Job_OfTenThousandImages_IsMeasured() => MeasureAsync(10_000);

    [Fact(Explicit = true)]
    public Task Job_OfAHundredThousandImages_IsMeasured() => MeasureAsync(100_000);

    [Fact(Explicit = true)]
    public Task Job_OfAMillionImages_IsMeasured() => MeasureAsync(1_000_000);

    private async Task MeasureAsync(int count)
    {
        var images = new MadeUpImages(count);
        var labels = new CountedLabels();
        var files = new CountedFiles();
        var messages = new InMemoryJobMessages(TimeProvider.System);
        using var jobs = new JobsOnDisk();
        IOptions<PipelineOptions> options = Options.Create(new PipelineOptions());
        await using var stages = new StageSet(
            images, labels, new InMemoryEscalations(TimeProvider.System, TimeSpan.FromMinutes(1), 5), _cascade, TimeProvider.System, options.Value);
        Patience patience = FakeTime.Patience(TimeProvider.System, TimeSpan.Zero);
        var driver = new JobDriver(
            jobs, messages, new(jobs, messages, images, files, TimeProvider.System), new(jobs, files, images, labels, stages.Cascades, options, TimeProvider.System),
            patience, TimeProvider.System, NullLogger<JobDriver>.Instance);
        var worker = new ChunkWorker(jobs, messages, images, labels, stages.Tiny, stages.Cascades, patience, options, NullLogger<ChunkWorker>.Instance);

        await messages.SendJobAsync(JobJson.Write(new JobRequest("job") { Prefix = "" }), TimeSpan.Zero, Cancellation);
        var process = Process.GetCurrentProcess();
        (TimeSpan ofJob, TimeSpan ofChunks, long peak) = (TimeSpan.Zero, TimeSpan.Zero, 0L);
        var random = new Random(1);
        for (int i = 0; messages.Take(random) is { } message; i++)
        {
            process.Refresh();
            TimeSpan before = process.TotalProcessorTime;
            await (message.IsJob ? driver.ReceiveAsync(message.Text, Cancellation) : worker.ReceiveAsync(message.Text, 1, Cancellation));
            process.Refresh();
            TimeSpan took = process.TotalProcessorTime - before;
            ofJob += message.IsJob ? took : TimeSpan.Zero;
            ofChunks += message.IsJob ? TimeSpan.Zero : took;
            peak = Math.Max(peak, process.WorkingSet64);
        }

        JobRow job = (await jobs.GetAsync("job", Cancellation))!.Row;
        Assert.Equal((JobState.Finished, count, count, count), (job.State, job.Images, job.Counts!.Tiny, labels.Written));
        Assert.True(files.IsFinished);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} images: planner and finisher {ofJob.TotalSeconds:F1} s = {1e6 * ofJob.TotalSeconds / count:F1} µs an image; workers {ofChunks.TotalSeconds:F1} s = {1e6 * ofChunks.TotalSeconds / count:F0} µs; peak {peak >> 20} MB."));
    }

    private sealed class MadeUpImages(int count) : IImageStore
    {
        private static readonly ImageVersion Version = new(DateTimeOffset.UnixEpoch, "0x8DE2CF2C9A3F4B1");

        public string Container => "images";

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken) =>
            Task.FromResult(new OpenedImage(Version, TestImages.Green.Length, new MemoryStream(TestImages.Green)));

        public Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken) => Task.FromResult<ImageVersion?>(Version);

        public IAsyncEnumerable<ListedImage> ListAsync(string? prefix, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImagePage> ListPageAsync(string? prefix, string? cursor, int most, CancellationToken cancellationToken)
        {
            int first = int.Parse(cursor ?? "0", CultureInfo.InvariantCulture);
            int end = Math.Min(count, first + most);
            return Task.FromResult(new ImagePage(
                [.. Enumerable.Range(first, end - first).Select(i => new ListedImage($"line-4/2026-11-26/camera-7/{i:D8}.jpg", Version, 1, null))],
                end < count ? end.ToString(CultureInfo.InvariantCulture) : null));
        }

        public Task<ImageVersion> UploadAsync(string name, Stream content, byte[] md5, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class CountedLabels : ILabelStore
    {
        private int _written;

        public int Written => _written;

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<StoredRow?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult<StoredRow?>(null);

        public Task<string?> TryInsertAsync(LabelRow row, CancellationToken cancellationToken) => Task.FromResult<string?>($"{Interlocked.Increment(ref _written)}");

        public Task<string?> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class CountedFiles : IJobFiles
    {
        private readonly SortedDictionary<string, JobCounts?> _files = new(StringComparer.Ordinal);

        public bool IsFinished => _files.ContainsKey($"job/{JobSummary.FileName}");

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<(Stream Content, string ETag)?> OpenManifestAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task TryWriteAsync(string path, Stream content, JobCounts? counts, CancellationToken cancellationToken)
        {
            _files.TryAdd(path, counts);
            return content.CopyToAsync(Stream.Null, cancellationToken);
        }

        public IAsyncEnumerable<(string Path, JobCounts? Counts)> ListAsync(string id, CancellationToken cancellationToken) =>
            _files.Select(f => (f.Key, f.Value)).ToList().ToAsyncEnumerable();

        public Task<Stream?> OpenAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    // One job, as the table's entities; of the chunks only where they lie in a file.
    private sealed class JobsOnDisk : IJobStore, IDisposable
    {
        private readonly FileStream _file = new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        private readonly ConcurrentDictionary<int, (long At, int Names, int Rows)> _chunks = [];
        private readonly Lock _lock = new();
        private JobRow? _job;
        private JobCounts _counts = new();
        private int _tag;

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<StoredJob?> GetAsync(string id, CancellationToken cancellationToken) =>
            Task.FromResult(_job is { } job ? new StoredJob(job, $"{_tag}", _counts, DateTimeOffset.UtcNow) : null);

        public IAsyncEnumerable<JobRow> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> TryInsertAsync(JobRow job, CancellationToken cancellationToken)
        {
            _job ??= job;
            return Task.FromResult(ReferenceEquals(_job, job));
        }

        public Task<bool> TryReplaceAsync(JobRow job, string tag, IReadOnlyList<JobChunk> chunks, CancellationToken cancellationToken)
        {
            Assert.Equal($"{_tag++}", tag);
            _job = job;
            foreach (JobChunk chunk in chunks)
                Write(chunk);

            return Task.FromResult(true);
        }

        public Task<(JobChunk Chunk, string Tag)?> GetChunkAsync(string id, int number, CancellationToken cancellationToken) =>
            Task.FromResult<(JobChunk, string)?>((Read(number), ""));

        public Task<string?> TryMarkAsync(JobChunk chunk, string tag, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> TryCompleteAsync(JobChunk chunk, string tag, JobCounts counts, CancellationToken cancellationToken)
        {
            Write(chunk);
            _counts = JobCounts.Sum([_counts, counts]);
            return Task.FromResult(true);
        }

        public IAsyncEnumerable<JobChunk> ChunksAsync(string id, int first, int count, CancellationToken cancellationToken) =>
            Enumerable.Range(first, Math.Min(count, _chunks.Count - first)).Select(Read).ToAsyncEnumerable();

        public Task DeleteChunksAsync(string id, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _file.Dispose();

        private void Write(JobChunk chunk)
        {
            TableEntity entity = JobEntities.From(chunk);
            byte[] names = System.Text.Encoding.UTF8.GetBytes(entity.GetString("Images"));
            byte[] rows = entity.GetBinary("Rows0") ?? [];
            lock (_lock)
            {
                _chunks[chunk.Number] = (_file.Seek(0, SeekOrigin.End), names.Length, rows.Length);
                _file.Write(names);
                _file.Write(rows);
            }
        }

        private JobChunk Read(int number)
        {
            (long at, int names, int rows) = _chunks[number];
            byte[] bytes = new byte[names + rows];
            lock (_lock)
            {
                _file.Position = at;
                _file.ReadExactly(bytes);
            }

            var entity = new TableEntity("job", JobEntities.ChunkKey(number)) { ["Images"] = System.Text.Encoding.UTF8.GetString(bytes, 0, names) };
            if (rows > 0)
                entity["Rows0"] = bytes[names..];

            return JobEntities.ToChunk(entity);
        }
    }
}
