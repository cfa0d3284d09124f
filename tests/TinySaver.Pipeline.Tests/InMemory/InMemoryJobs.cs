using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Data.Tables;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The job store's twin: holds what the table would, so that a million images fit.</summary>
public sealed class InMemoryJobs(TimeProvider time, Faults? faults = null) : IJobStore
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly SortedDictionary<string, (TableEntity Entity, string Tag)> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _moved = [];
    private readonly Lock _lock = new();
    private int _writes;

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<StoredJob?> GetAsync(string id, CancellationToken cancellationToken)
    {
        _faults.Reach("jobs.get");
        lock (_lock)
        {
            if (!_entities.TryGetValue(Key(id, JobEntities.JobKey), out (TableEntity Entity, string Tag) job))
                return Task.FromResult<StoredJob?>(null);

            IEnumerable<JobCounts> counts = Enumerable.Range(0, 16).Select(i => Key(id, JobEntities.CountsKeyOf(i))).Where(_entities.ContainsKey)
                .Select(k => JobCounts.Parse(_entities[k].Entity.GetString("Counts")));
            return Task.FromResult<StoredJob?>(new(JobEntities.ToJob(job.Entity), job.Tag, JobCounts.Sum(counts), _moved[id]));
        }
    }

    public async IAsyncEnumerable<JobRow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobRow[] jobs;
        lock (_lock)
            jobs = [.. _entities.Values.Where(e => e.Entity.RowKey == JobEntities.JobKey).Select(e => JobEntities.ToJob(e.Entity))];

        await Task.Yield();
        foreach (JobRow job in jobs)
            yield return job;
    }

    public Task<bool> TryInsertAsync(JobRow job, CancellationToken cancellationToken) => WriteAsync("jobs.insert", job.Id, (JobEntities.From(job), null));

    public Task<bool> TryReplaceAsync(JobRow job, string tag, IReadOnlyList<JobChunk> chunks, CancellationToken cancellationToken)
    {
        // What a transaction and a property of a table take.
        string[] names = [.. chunks.Select(c => JobEntities.From(c).GetString("Images"))];
        Assert.InRange(chunks.Count, 0, IJobStore.MaxNewChunks);
        Assert.All(names, n => Assert.InRange(n.Length, 1, 32 * 1024));
        Assert.InRange(names.Sum(n => JsonEncodedText.Encode(n).EncodedUtf8Bytes.Length), 0, 4 * 1024 * 1024);
        return WriteAsync("jobs.replace", job.Id, [(JobEntities.From(job), tag), .. chunks.Select(c => (JobEntities.From(c), (string?)null))]);
    }

    public Task<(JobChunk Chunk, string Tag)?> GetChunkAsync(string id, int number, CancellationToken cancellationToken)
    {
        _faults.Reach("jobs.chunk");
        lock (_lock)
        {
            return Task.FromResult<(JobChunk Chunk, string Tag)?>(
                _entities.TryGetValue(Key(id, JobEntities.ChunkKey(number)), out (TableEntity Entity, string Tag) chunk) ? (JobEntities.ToChunk(chunk.Entity), chunk.Tag) : null);
        }
    }

    public async Task<string?> TryMarkAsync(JobChunk chunk, string tag, CancellationToken cancellationToken) =>
        await WriteAsync("jobs.mark", chunk.Job, (JobEntities.From(chunk), tag)) ? (await GetChunkAsync(chunk.Job, chunk.Number, cancellationToken))?.Tag : null;

    public Task<bool> TryCompleteAsync(JobChunk chunk, string tag, JobCounts counts, CancellationToken cancellationToken)
    {
        string key = JobEntities.CountsKeyOf(chunk.Number);
        lock (_lock)
        {
            _entities.TryGetValue(Key(chunk.Job, key), out (TableEntity Entity, string Tag) known);
            var sum = JobCounts.Sum(known.Entity is null ? [counts] : [JobCounts.Parse(known.Entity.GetString("Counts")), counts]);
            return WriteAsync("jobs.complete", chunk.Job, (JobEntities.From(chunk), tag), (new TableEntity(chunk.Job, key) { ["Counts"] = sum.ToJson() }, known.Tag));
        }
    }

    public async IAsyncEnumerable<JobChunk> ChunksAsync(string id, int first, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (int number = first; number < first + count; number++)
        {
            if (await GetChunkAsync(id, number, cancellationToken) is { } found)
                yield return found.Chunk;
        }
    }

    public Task DeleteChunksAsync(string id, CancellationToken cancellationToken)
    {
        _faults.Before("jobs.delete");
        lock (_lock)
        {
            foreach (string key in _entities.Where(e => e.Value.Entity.PartitionKey == id && e.Value.Entity.RowKey != JobEntities.JobKey).Select(e => e.Key).ToList())
                _entities.Remove(key);
        }

        _faults.After("jobs.delete");
        return Task.CompletedTask;
    }

    // Null as a tag: there must be none.
    private Task<bool> WriteAsync(string operation, string id, params (TableEntity Entity, string? Tag)[] entities)
    {
        _faults.Before(operation);
        lock (_lock)
        {
            if (entities.Any(e => (_entities.TryGetValue(Key(id, e.Entity.RowKey), out (TableEntity Entity, string Tag) known) ? known.Tag : null) != e.Tag))
                return Task.FromResult(false);

            foreach ((TableEntity entity, _) in entities)
                _entities[Key(id, entity.RowKey)] = (entity, (++_writes).ToString(CultureInfo.InvariantCulture));

            _moved[id] = time.GetUtcNow();
        }

        _faults.After(operation);
        return Task.FromResult(true);
    }

    private static string Key(string id, string row) => $"{id}/{row}";
}

/// <summary>The job queues' twin: messages that come in any order, again where their receiver dies, and now and then twice.</summary>
public sealed class InMemoryJobMessages(TimeProvider time, Faults? faults = null) : IJobMessages
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly List<Message> _messages = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _messages.Count;
        }
    }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SendJobAsync(string request, TimeSpan delay, CancellationToken cancellationToken) => SendAsync("messages.job", new(true, request, time.GetUtcNow() + delay));

    public Task SendChunkAsync(ChunkMessage chunk, CancellationToken cancellationToken) => SendAsync("messages.chunk", new(false, JobJson.Write(chunk), time.GetUtcNow()));

    /// <summary>Takes one of the messages that are due, any; null where none is.</summary>
    public Message? Take(Random random)
    {
        lock (_lock)
        {
            // The last is as good as any, and spares a look at all.
            int index = random.Next(_messages.Count + 1) - 1;
            index = index >= 0 && _messages[index].DueAt <= time.GetUtcNow() ? index : _messages.FindLastIndex(m => m.DueAt <= time.GetUtcNow());
            if (index < 0)
                return null;

            Message message = _messages[index];
            (_messages[index], _messages[^1]) = (_messages[^1], message);
            _messages.RemoveAt(_messages.Count - 1);
            message.Deliveries++;
            return message;
        }
    }

    /// <summary>Puts a message back whose receiver died, or that is delivered twice.</summary>
    public void PutBack(Message message)
    {
        lock (_lock)
            _messages.Add(message);
    }

    private Task SendAsync(string operation, Message message)
    {
        _faults.Before(operation);
        lock (_lock)
            _messages.Add(message);

        _faults.After(operation);
        return Task.CompletedTask;
    }

    /// <summary>A message of either queue.</summary>
    public sealed class Message(bool isJob, string text, DateTimeOffset dueAt)
    {
        public bool IsJob => isJob;

        public string Text => text;

        public DateTimeOffset DueAt => dueAt;

        public int Deliveries { get; set; }
    }
}

/// <summary>The job files' twin.</summary>
public sealed class InMemoryJobFiles(Faults? faults = null) : IJobFiles
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly SortedDictionary<string, (byte[] Content, JobCounts? Counts)> _files = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public Dictionary<string, byte[]> Manifests { get; } = [];

    /// <summary>Whether no byte of a manifest can be read, though it was found.</summary>
    public bool Away { get; set; }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<(Stream Content, string ETag)?> OpenManifestAsync(string path, CancellationToken cancellationToken) =>
        Task.FromResult<(Stream, string)?>(Manifests.TryGetValue(path, out byte[]? content) ? (Away ? new AwayStream(content) : new MemoryStream(content), $"{content.Length}") : null);

    public async Task TryWriteAsync(string path, Stream content, JobCounts? counts, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        _faults.Before("files.write");
        lock (_lock)
            _files.TryAdd(path, (bytes.ToArray(), counts));

        _faults.After("files.write");
    }

    public async IAsyncEnumerable<(string Path, JobCounts? Counts)> ListAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string, JobCounts?)[] files;
        lock (_lock)
            files = [.. _files.Where(f => f.Key.StartsWith($"{id}/", StringComparison.Ordinal)).Select(f => (f.Key, f.Value.Counts))];

        await Task.Yield();
        foreach ((string, JobCounts?) file in files)
            yield return file;
    }

    public Task<Stream?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<Stream?>(_files.TryGetValue(path, out (byte[] Content, JobCounts? Counts) file) ? new MemoryStream(file.Content) : null);
    }

    private sealed class AwayStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new Azure.RequestFailedException(503, "Injected outage.");

        public override int Read(Span<byte> buffer) => throw new Azure.RequestFailedException(503, "Injected outage.");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new Azure.RequestFailedException(503, "Injected outage.");
    }
}
