using TinySaver.Core.Cascade;

namespace TinySaver.Core.Tests.Cascade;

public sealed class ExitDecisionTests
{
    [Theory]
    [InlineData(0.9, 0.8, true)]
    [InlineData(0.8, 0.8, true)]
    [InlineData(0.79999, 0.8, false)]
    [InlineData(0, 0, true)]
    [InlineData(double.NaN, 0, false)]
    public void Exits_ConfidenceAgainstThreshold_IsAtLeast(double confidence, double threshold, bool expected) =>
        Assert.Equal(expected, ExitDecision.Exits(confidence, threshold));
}
