using System.Globalization;
using System.Runtime.CompilerServices;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The image store's twin: times in whole seconds, and ETags that say nothing of their order, as with Azurite.</summary>
public sealed class InMemoryImages(TimeProvider time, Random random, Faults? faults = null) : IImageStore
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly SortedDictionary<string, (ImageVersion Version, byte[] Content, byte[] Md5)> _blobs = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public string Container => "images";

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken)
    {
        _faults.Before("images.open");
        _faults.Before($"images.open:{name}");
        lock (_lock)
        {
            if (!_blobs.TryGetValue(BlobNames.Normalize(name), out (ImageVersion Version, byte[] Content, byte[] Md5) blob))
                throw new PermanentFailureException(FailureReason.Deleted, name);

            if (etag is not null && etag != blob.Version.ETag)
                throw new PermanentFailureException(FailureReason.Superseded, name);

            return Task.FromResult(new OpenedImage(blob.Version, blob.Content.Length, new MemoryStream(blob.Content, writable: false)));
        }
    }

    public Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken)
    {
        _faults.Reach("images.version");
        lock (_lock)
            return Task.FromResult(_blobs.TryGetValue(BlobNames.Normalize(name), out (ImageVersion Version, byte[] Content, byte[] Md5) blob) ? blob.Version : (ImageVersion?)null);
    }

    public async IAsyncEnumerable<ListedImage> ListAsync(string? prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListedImage[] all;
        _faults.Reach("images.list");
        lock (_lock)
            all = [.. _blobs.Select(b => new ListedImage(b.Key, b.Value.Version, b.Value.Content.Length, b.Value.Md5))];

        foreach (ListedImage image in all.Where(i => prefix is null || i.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            await Task.Yield();
            yield return image;
        }
    }

    public Task<ImagePage> ListPageAsync(string? prefix, string? cursor, int most, CancellationToken cancellationToken)
    {
        _faults.Reach("images.list");
        lock (_lock)
        {
            ListedImage[] page =
            [
                .. _blobs.Where(b => b.Key.StartsWith(prefix ?? "", StringComparison.Ordinal) && string.CompareOrdinal(b.Key, cursor) > 0).Take(most)
                    .Select(b => new ListedImage(b.Key, b.Value.Version, b.Value.Content.Length, b.Value.Md5)),
            ];
            return Task.FromResult(new ImagePage(page, page.Length < most ? null : page[^1].Name));
        }
    }

    public async Task<ImageVersion> UploadAsync(string name, Stream content, byte[] md5, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            string etag = random.NextInt64().ToString("X16", CultureInfo.InvariantCulture);
            var version = new ImageVersion(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)), $"0x{etag}");
            _blobs[BlobNames.Normalize(name)] = (version, bytes.ToArray(), md5);
            return version;
        }
    }

    /// <summary>Removes a blob, as a user may at any time.</summary>
    public void Delete(string name)
    {
        lock (_lock)
            _blobs.Remove(name);
    }
}
