using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;

namespace TinySaver.Pipeline.Tests.Hosting;

public sealed class ImageWatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BreakingListing _images;
    private readonly InMemoryLabels _labels;

    public ImageWatcherTests()
    {
        _images = new BreakingListing(new InMemoryImages(_time, new Random(1)));
        _labels = new InMemoryLabels(_time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task WatchAsync_ListingThatBreaksInTheMiddle_AnnouncesEachImageOnceAllTheSame()
    {
        foreach (string name in (string[])["a", "b", "c"])
            await UploadAsync(name);

        await using Watching watching = Watch();

        Assert.Equal(["a", "b", "c"], await watching.NextAsync(3, TestContext.Current.CancellationToken));
        _images.BreaksAfter = 1;
        await UploadAsync("d");

        // The next listing ends after the first image, and the one after that is whole.
        Assert.Equal(["d"], await watching.NextAsync(1, TestContext.Current.CancellationToken));
        Assert.Null(_images.BreaksAfter);
    }

    [Fact(Timeout = 60_000)]
    public async Task WatchAsync_RowsThatAreThere_AreDoneUnlessTheyWait()
    {
        foreach ((string name, LabelStatus status) in ((string, LabelStatus)[])[("done", LabelStatus.Labelled), ("failed", LabelStatus.Failed), ("waits", LabelStatus.Escalated), ("overwritten", LabelStatus.Labelled)])
            await _labels.TryInsertAsync(new(name, await UploadAsync(name), status), Cancellation);

        ImageVersion newer = await UploadAsync("overwritten");
        await using Watching watching = Watch();

        Assert.Equal(["overwritten", "waits"], await watching.NextAsync(2, TestContext.Current.CancellationToken));
        Assert.Equal((newer.ETag, newer.LastModified), (watching.Announced[0].ETag, watching.Announced[0].LastModified));
    }

    private Task<ImageVersion> UploadAsync(string name) => _images.UploadAsync(name, new MemoryStream([1]), [], Cancellation);

    private Watching Watch() => new(
        new ImageWatcher(_images, _labels, Options.Create(new LocalPipelineOptions()), _time, new LockedRandom(1), NullLogger<ImageWatcher>.Instance).WatchAsync(Cancellation).GetAsyncEnumerator(Cancellation), _time);

    // Asks for the next image, and moves the clock on where it is not there yet.
    private sealed class Watching(IAsyncEnumerator<ImageReference> images, FakeTimeProvider time) : IAsyncDisposable
    {
        public List<ImageReference> Announced { get; } = [];

        public async Task<string[]> NextAsync(int count, CancellationToken cancellationToken)
        {
            int before = Announced.Count;
            while (Announced.Count < before + count)
            {
                Task<bool> next = images.MoveNextAsync().AsTask();
                await time.PassUntilAsync(() => next.IsCompleted, TimeSpan.FromSeconds(1), cancellationToken);
                Assert.True(await next);
                Announced.Add(images.Current);
            }

            return [.. Announced.Skip(before).Select(i => i.Name)];
        }

        public ValueTask DisposeAsync() => images.DisposeAsync();
    }

    private sealed class BreakingListing(InMemoryImages images) : IImageStore
    {
        /// <summary>After how many images the next listing breaks; null for not.</summary>
        public int? BreaksAfter { get; set; }

        public string Container => images.Container;

        public Task<ImagePage> ListPageAsync(string? prefix, string? cursor, int most, CancellationToken cancellationToken) =>
            images.ListPageAsync(prefix, cursor, most, cancellationToken);

        public async IAsyncEnumerable<ListedImage> ListAsync(string? prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            int listed = 0;
            await foreach (ListedImage image in images.ListAsync(prefix, cancellationToken))
            {
                if (listed++ == BreaksAfter)
                {
                    BreaksAfter = null;
                    throw new IOException("The connection was closed.");
                }

                yield return image;
            }
        }

        public Task EnsureCreatedAsync(CancellationToken cancellationToken) => images.EnsureCreatedAsync(cancellationToken);

        public Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken) => images.OpenAsync(name, etag, cancellationToken);

        public Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken) => images.GetVersionAsync(name, cancellationToken);

        public Task<ImageVersion> UploadAsync(string name, Stream content, byte[] md5, CancellationToken cancellationToken) =>
            images.UploadAsync(name, content, md5, cancellationToken);
    }
}
