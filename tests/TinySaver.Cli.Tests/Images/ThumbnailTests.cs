using TinySaver.Cli.Images;

namespace TinySaver.Cli.Tests.Images;

public sealed class ThumbnailTests
{
    [Fact]
    public void Of_Image_IsASmallJpeg()
    {
        string file = Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

        string[] parts = Thumbnail.Of(file)!.Split(',');

        Assert.Equal("data:image/jpeg;base64", parts[0]);
        byte[] jpeg = Convert.FromBase64String(parts[1]);
        Assert.True(jpeg.Length <= 10_000, $"A thumbnail has {jpeg.Length} bytes.");
        Assert.Equal([0xFF, 0xD8], jpeg[..2]);
    }

    [Fact]
    public void Of_FileThatIsNoImage_IsNothing()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(Thumbnail.Of(folder.Write("text.jpg", "no image")));
        Assert.Null(Thumbnail.Of(Path.Combine(folder.Path, "missing.jpg")));
    }
}
