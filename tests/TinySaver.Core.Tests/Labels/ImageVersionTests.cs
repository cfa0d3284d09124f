using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Labels;

public sealed class ImageVersionTests
{
    [Theory]
    [InlineData("\"0x8DC\"", "0x8DC")]
    [InlineData("W/\"0x8DC\"", "0x8DC")]
    [InlineData("0x8DC", "0x8DC")]
    public void NormalizeETag_AnyDress_IsTheBareTag(string etag, string expected) =>
        Assert.Equal(expected, ImageVersion.NormalizeETag(etag));

    [Fact]
    public void CompareTo_TimeFirstThenETagOrdinally()
    {
        var older = new ImageVersion(DateTimeOffset.UnixEpoch, "0xB");

        Assert.True(older < new ImageVersion(DateTimeOffset.UnixEpoch.AddSeconds(1), "0xA"));
        Assert.True(older > new ImageVersion(DateTimeOffset.UnixEpoch, "0xA"));
        Assert.True(older >= new ImageVersion(DateTimeOffset.UnixEpoch, "0xB") && older <= new ImageVersion(DateTimeOffset.UnixEpoch, "0xB"));
    }
}
