using TinySaver.Core.Audits;

namespace TinySaver.Core.Tests.Audits;

public sealed class AuditSampleTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 900, 1_100)]
    [InlineData(1, 10_000, 10_000)]
    public void Includes_ManyImages_IsTheShare(double share, int least, int most) =>
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => AuditSample.Includes($"{i}", "0x1", share)), least, most);

    [Fact]
    public void Includes_SameVersion_IsDecidedTheSame()
    {
        bool[] first = [.. Enumerable.Range(0, 100).Select(i => AuditSample.Includes($"{i}", "0x1", 0.5))];

        Assert.Equal(first, Enumerable.Range(0, 100).Select(i => AuditSample.Includes($"{i}", "0x1", 0.5)));
        Assert.NotEqual(first, Enumerable.Range(0, 100).Select(i => AuditSample.Includes($"{i}", "0x2", 0.5)));
    }
}
