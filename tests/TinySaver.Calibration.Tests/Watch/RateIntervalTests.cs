using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Watch;

namespace TinySaver.Calibration.Tests.Watch;

public sealed class RateIntervalTests
{
    [Theory]
    [InlineData(0, 100, 0.05, 0.029513)]
    [InlineData(3, 1000, 0.025, 0.008742)]
    public void Upper_IsClopperAndPearsons(int events, int trials, double level, double expected)
    {
        double upper = RateInterval.Upper(events, trials, level);

        Assert.Equal(expected, upper, 1e-5);
        Assert.Equal(level, Binomial.Cumulative(events, trials, upper), 1e-9);
    }

    [Fact]
    public void Lower_IsTheUpperLimitOfTheOtherOutcome()
    {
        Assert.Equal(1 - RateInterval.Upper(40, 50, 0.1), RateInterval.Lower(10, 50, 0.1));
        Assert.Equal((0, 1), (RateInterval.Lower(0, 50, 0.1), RateInterval.Upper(50, 50, 0.1)));
    }

    [Fact]
    public void AtAnyTime_Ends_AreWhereTheBetHasWonOneOverAlpha()
    {
        // The beta function of 3.5 and 8.5, over that of a half and a half, π.
        (double low, double high) = RateInterval.AtAnyTime(3, 11, 0.05);

        foreach (double end in new[] { low, high })
        {
            double integral = Enumerable.Range(0, 200_000).Select(i => (i + 0.5) / 200_000).Sum(p => Math.Pow(p, 2.5) * Math.Pow(1 - p, 7.5)) / 200_000;
            Assert.Equal(20, integral / Math.PI / (Math.Pow(end, 3) * Math.Pow(1 - end, 8)), 1e-3);
        }
    }

    [Fact]
    public void AtAnyTime_NoTrials_IsEverything() => Assert.Equal((0, 1), RateInterval.AtAnyTime(0, 0, 0.05));

    [Theory]
    [InlineData(0.003)]
    [InlineData(0.4)]
    public void AtAnyTime_AtEachOfManyLooks_HoldsTheShareInMoreThanMostLives(double share)
    {
        const int lives = 400;
        int missed = 0;
        Parallel.For(0, lives, life =>
        {
            var random = new Random(life);
            int events = 0;
            for (int n = 1; n <= 3_000; n++)
            {
                events += random.NextDouble() < share ? 1 : 0;
                if (n % 10 == 0 && RateInterval.AtAnyTime(events, n, 0.05) is var (low, high) && (share < low || share > high))
                {
                    Interlocked.Increment(ref missed);
                    return;
                }
            }
        });

        Assert.InRange(missed, 0, 0.05 * lives);
    }
}
