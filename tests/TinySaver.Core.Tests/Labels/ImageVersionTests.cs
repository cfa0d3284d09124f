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

        Assert.True(older.CompareTo(new ImageVersion(DateTimeOffset.UnixEpoch.AddSeconds(1), "0xA")) < 0);
        Assert.True(older.CompareTo(new ImageVersion(DateTimeOffset.UnixEpoch, "0xA")) > 0);
        Assert.Equal(0, older.CompareTo(new ImageVersion(DateTimeOffset.UnixEpoch, "0xB")));
    }

    [Theory]
    [InlineData(0, "0xother", true)]
    [InlineData(0, "0xb", true)]
    [InlineData(0, "0xB", false)]
    [InlineData(1, "0xother", false)]
    public void IsAmbiguousWith_OnlyWhereTheSecondIsTheSame_AndTheETagIsNot(int seconds, string etag, bool expected) => Assert.Equal(
        expected, new ImageVersion(DateTimeOffset.UnixEpoch, "0xB").IsAmbiguousWith(new(DateTimeOffset.UnixEpoch.AddSeconds(seconds), etag)));

    [Fact]
    public void KeyOf_TellsVersionsOfANameApart_AndNamesOfAVersion()
    {
        var version = new ImageVersion(DateTimeOffset.UnixEpoch, "0xB");

        Assert.Equal(version.KeyOf("a"), (version with { LastModified = DateTimeOffset.MaxValue }).KeyOf("a"));
        Assert.NotEqual(version.KeyOf("a"), (version with { ETag = "0xC" }).KeyOf("a"));
        Assert.NotEqual(version.KeyOf("a"), version.KeyOf("b"));
    }
}
