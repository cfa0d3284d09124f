using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Imaging;
using TinySaver.Viewer.Pictures;
using TinySaver.Viewer.Tests.Safety;

namespace TinySaver.Viewer.Tests.Pictures;

public sealed class PictureCacheTests(OneViewer viewer) : IClassFixture<OneViewer>
{
    private static readonly byte[] Jpeg = File.ReadAllBytes(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images", "pits")).Order(StringComparer.Ordinal).First());

    // After the first two bytes: EXIF, big-endian, with one entry, orientation 6: to be turned a quarter right.
    private static readonly byte[] Turned =
    [
        .. Jpeg.Take(2), 0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, .. Jpeg.Skip(2),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_ImageWithOrientation_IsUprightAndSmall()
    {
        (int width, int height) = await SizeAsync("p/plain.jpg", Jpeg);
        (int turnedWidth, int turnedHeight) = await SizeAsync("p/turned.jpg", Turned);

        Assert.Equal(64, Math.Max(width, height));
        Assert.NotEqual(width, height);
        Assert.Equal((height, width), (turnedWidth, turnedHeight));
    }

    [Fact]
    public async Task GetAsync_KeptVersion_IsThereWithoutTheImage_AndAnotherVersionIsRefused()
    {
        using var cache = new PictureCache(viewer.Sources);
        ImageVersion version = await UploadAsync("p/kept.jpg", Jpeg);
        byte[] first = await cache.GetAsync("p/kept.jpg", version.ETag, 64, Cancellation);
        await UploadAsync("p/kept.jpg", Turned);

        Assert.Same(first, await cache.GetAsync("p/kept.jpg", version.ETag, 64, Cancellation));
        PermanentFailureException e = await Assert.ThrowsAsync<PermanentFailureException>(() => cache.GetAsync("p/kept.jpg", version.ETag, 65, Cancellation));
        Assert.Equal(FailureReason.Superseded, e.Reason);
    }

    private async Task<(int Width, int Height)> SizeAsync(string name, byte[] image)
    {
        using var cache = new PictureCache(viewer.Sources);
        ImageVersion version = await UploadAsync(name, image);
        using DecodedImage picture = ImageDecoder.Decode(await cache.GetAsync(name, version.ETag, 64, Cancellation));
        return (picture.Width, picture.Height);
    }

    private async Task<ImageVersion> UploadAsync(string name, byte[] image)
    {
        using var content = new MemoryStream(image);
        return await viewer.Sources.Images.UploadAsync(name, content, [], Cancellation);
    }
}
