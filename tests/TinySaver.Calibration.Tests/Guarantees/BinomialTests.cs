using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Tests.Guarantees;

public sealed class BinomialTests
{
    [Fact]
    public void Cumulative_ThreeFairCoins_IsCountedOut()
    {
        Assert.Equal(0.125, Binomial.Cumulative(0, 3, 0.5), 12);
        Assert.Equal(0.5, Binomial.Cumulative(1, 3, 0.5), 12);
        Assert.Equal(0.875, Binomial.Cumulative(2, 3, 0.5), 12);
        Assert.Equal(1, Binomial.Cumulative(3, 3, 0.5));
        Assert.Equal(0, Binomial.Cumulative(-1, 3, 0.5));
    }

    [Theory]
    [InlineData(10, 0.3)]
    [InlineData(500, 0.005)]
    [InlineData(20_000, 0.4)]
    [InlineData(300_000, 0.0001)]
    public void Cumulative_AnyCount_IsTheSumOfTheProbabilities(int n, double p)
    {
        double sum = 0;
        for (int k = 0; k <= Math.Min(n, (int)(n * p) + 200); k++)
        {
            sum += Math.Exp(Binomial.LogProbability(k, n, p));
            Assert.Equal(sum, Binomial.Cumulative(k, n, p), 8);
        }
    }

    [Fact]
    public void Cumulative_AtPublishedLimits_IsTheErrorProbability()
    {
        // 0 of 20: 1 − 0.05^(1/20). 5 of 100 at 2.5 %: the Clopper–Pearson interval found in textbooks is 1.64 % to 11.28 %.
        Assert.Equal(0.13911, OtherBounds.UpperLimit(0, 20, 0.05), 5);
        Assert.Equal(0.1128, OtherBounds.UpperLimit(5, 100, 0.025), 4);
        Assert.Equal(0.0164, OtherBounds.LowerLimit(5, 100, 0.025), 4);
        Assert.Equal(1, OtherBounds.UpperLimit(20, 20, 0.05));
        Assert.Equal(0, OtherBounds.LowerLimit(0, 20, 0.05));
    }

    [Fact]
    public void UpperQuantile_TabulatedLevels_Match()
    {
        Assert.Equal(1.644854, Normal.UpperQuantile(0.05), 6);
        Assert.Equal(1.959964, Normal.UpperQuantile(0.025), 6);
        Assert.Equal(3.090232, Normal.UpperQuantile(0.001), 6);
        Assert.Equal(-1.281552, Normal.UpperQuantile(0.9), 6);
    }
}
