using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.Outages;

public sealed class BackoffTests
{
    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 8)]
    [InlineData(6, 15)]
    [InlineData(1_000_000, 15)]
    [InlineData(long.MaxValue, 15)]
    public void After_LeastChance_IsHalfOfADoublingLimitThatEnds(long failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Waits.After(failures, chance: 0));

    [Fact]
    public void After_MoreChance_IsLongerAndNeverAboveTheLimit()
    {
        TimeSpan[] waits = [.. Enumerable.Range(0, 10).Select(i => Waits.After(10, i / 10.0))];

        Assert.Equal(waits.Order(), waits);
        Assert.Equal(10, waits.Distinct().Count());
        Assert.All(waits, w => Assert.InRange(w, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void After_NoFailure_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Waits.After(0, 0.5));
}
