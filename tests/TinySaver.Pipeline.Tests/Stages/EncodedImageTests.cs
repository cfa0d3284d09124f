using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class EncodedImageTests
{
    private readonly Budget _bytes = new(100);

    [Fact]
    public async Task ReadAsync_AsManyBytesAsAreAccepted_TakesThemUntilItIsDisposed()
    {
        using (EncodedImage image = await ReadAsync(new MemoryStream(new byte[100])))
            Assert.Equal((100, 100), (image.Content.Length, (int)_bytes.Used));

        Assert.Equal(0, _bytes.Used);
    }

    [Fact]
    public async Task ReadAsync_OneByteMore_IsRefused() =>
        Assert.Equal(FailureReason.TooManyBytes, (await Assert.ThrowsAsync<PermanentFailureException>(() => ReadAsync(new MemoryStream(new byte[101])))).Reason);

    [Fact]
    public async Task ReadAsync_DownloadThatBreaksOff_GivesItsShareBack()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(new MemoryStream(new byte[50]), length: 60));

        Assert.Equal(0, _bytes.Used);
    }

    private Task<EncodedImage> ReadAsync(MemoryStream content, int? length = null) =>
        EncodedImage.ReadAsync(new OpenedImage(new ImageVersion(default, "1"), length ?? content.Length, content), 100, _bytes, TestContext.Current.CancellationToken);
}
