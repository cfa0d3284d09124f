using System.Security.Cryptography;
using System.Text;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Tests.Images;

/// <summary>What every image store does.</summary>
public abstract class ImageStoreContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Names that trouble URLs, XML and path handling.</summary>
    public static TheoryData<string> Names =>
    [
        "a.jpg", "with space.jpg", "100%25 #1?x=1&y.jpg", "back\\slash.jpg", "ümläut-日本-😀.jpg", new string('n', 1_024),
        string.Join('/', Enumerable.Range(0, 20).Select(i => $"f{i}")) + "/deep.jpg", "plus+quote'\"<>.jpg", "tilde~.dot.", "a//b.jpg", "/first.jpg", "last/",
        "tab\tline\nescape\u001b.jpg", "none\uFFFE\uFFFF.jpg",
    ];

    protected abstract Task<IImageStore> CreateAsync();

    protected abstract Task DeleteAsync(IImageStore store, string name);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task OpenAsync_UploadedImage_HasItsBytesAndVersion(string name)
    {
        IImageStore store = await CreateAsync();
        ImageVersion version = await UploadAsync(store, name, "content");

        await using OpenedImage image = await store.OpenAsync(name, version.ETag, Cancellation);

        Assert.Equal(version, image.Version);
        Assert.Equal(7, image.Length);
        Assert.Equal("content", await new StreamReader(image.Content).ReadToEndAsync(Cancellation));
        Assert.Equal(version, await store.GetVersionAsync(name, Cancellation));
        ListedImage listed = Assert.Single(await store.ListAsync(null, Cancellation).ToArrayAsync(Cancellation));
        Assert.Equal(new ListedImage(BlobNames.Normalize(name), version, 7, listed.Md5), listed);
        Assert.Equal(Md5("content"), listed.Md5);
    }

    [Fact]
    public async Task OpenAsync_WithoutETag_OpensWhicheverIsThere()
    {
        IImageStore store = await CreateAsync();
        await UploadAsync(store, "a", "1");
        ImageVersion second = await UploadAsync(store, "a", "22");

        await using OpenedImage image = await store.OpenAsync("a", null, Cancellation);

        Assert.Equal(second, image.Version);
    }

    [Fact]
    public async Task OpenAsync_OverwrittenImage_IsSuperseded()
    {
        IImageStore store = await CreateAsync();
        ImageVersion first = await UploadAsync(store, "a", "1");
        ImageVersion second = await UploadAsync(store, "a", "2");

        PermanentFailureException e = await Assert.ThrowsAsync<PermanentFailureException>(() => store.OpenAsync("a", first.ETag, Cancellation));

        Assert.Equal(FailureReason.Superseded, e.Reason);
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.True(first.LastModified <= second.LastModified);
    }

    [Fact]
    public async Task OpenAsync_DeletedImage_IsDeleted()
    {
        IImageStore store = await CreateAsync();
        ImageVersion version = await UploadAsync(store, "a", "1");
        await DeleteAsync(store, "a");

        Assert.Equal(
            FailureReason.Deleted,
            (await Assert.ThrowsAsync<PermanentFailureException>(() => store.OpenAsync("a", version.ETag, Cancellation))).Reason);
        Assert.Equal(
            FailureReason.Deleted,
            (await Assert.ThrowsAsync<PermanentFailureException>(() => store.OpenAsync("a", null, Cancellation))).Reason);
        Assert.Null(await store.GetVersionAsync("a", Cancellation));
    }

    [Fact]
    public async Task OpenAsync_EmptyImage_HasNoBytes()
    {
        IImageStore store = await CreateAsync();
        ImageVersion version = await UploadAsync(store, "a", "");

        await using OpenedImage image = await store.OpenAsync("a", version.ETag, Cancellation);

        Assert.Equal(0, image.Length);
        Assert.Equal("", await new StreamReader(image.Content).ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task ListAsync_Prefix_ListsOnlyThatOne()
    {
        IImageStore store = await CreateAsync();
        foreach (string name in new[] { "a/1", "a/2", "ab", "b/1" })
            await UploadAsync(store, name, "x");

        Assert.Equal(["a/1", "a/2"], await store.ListAsync("a/", Cancellation).Select(i => i.Name).ToArrayAsync(Cancellation));
        Assert.Equal(4, await store.ListAsync(null, Cancellation).CountAsync(Cancellation));
    }

    private static Task<ImageVersion> UploadAsync(IImageStore store, string name, string content) =>
        store.UploadAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(content)), Md5(content), Cancellation);

    // What blob storage knows an image's bytes by; nothing to do with security.
#pragma warning disable CA5351
    private static byte[] Md5(string content) => MD5.HashData(Encoding.UTF8.GetBytes(content));
#pragma warning restore CA5351
}
