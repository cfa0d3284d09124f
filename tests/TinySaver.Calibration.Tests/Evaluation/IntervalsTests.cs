using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Tests.Evaluation;

public sealed class IntervalsTests
{
    [Fact]
    public void Share_PublishedCases_Match()
    {
        // Newcombe 1998 (Statistics in Medicine 17: 857), table I, method 3 (Wilson): 81/263, 15/148, 0/20, 1/29.
        Close(0.2553, 0.3662, Intervals.Share(81, 263));
        Close(0.0624, 0.1605, Intervals.Share(15, 148));
        Close(0.0000, 0.1611, Intervals.Share(0, 20));
        Close(0.0061, 0.1718, Intervals.Share(1, 29));
    }

    [Fact]
    public void Share_NoEventOrAll_EndsAtZeroOrOneExactly() => Assert.All(Enumerable.Range(1, 300), n =>
        Assert.Equal((0.0, 1.0), (Intervals.Share(0, n).Low, Intervals.Share(n, n).High)));

    [Fact]
    public void Drop_NothingDiscordant_IsTheWilsonLimitOnBothSides()
    {
        // With no loss and no gain Tango's equation is that of Wilson's interval at 0: z² / (n + z²).
        Interval interval = Intervals.Drop(100, 0, 0);
        double limit = Intervals.Share(0, 100).High;
        Close(-limit, limit, interval);
    }

    [Theory]
    [InlineData(50, 3, 9)]
    [InlineData(1000, 12, 5)]
    [InlineData(20_000, 400, 390)]
    public void Drop_AnyCounts_EndsWhereTheScoreIsZ(int samples, int losses, int gains)
    {
        Interval interval = Intervals.Drop(samples, losses, gains);

        Assert.Equal(1.959964, DropScore.Of(samples, losses, gains, interval.Low), 5);
        Assert.Equal(-1.959964, DropScore.Of(samples, losses, gains, interval.High), 5);
        Interval mirrored = Intervals.Drop(samples, gains, losses);
        Close(-mirrored.High, -mirrored.Low, interval);
    }

    [Fact]
    public void Drop_RealisticRates_CoversNinetyFiveTimesInAHundred()
    {
        const int draws = 2000, n = 2000;
        var random = new Random(4);
        int covered = 0;
        for (int i = 0; i < draws; i++)
        {
            int losses = 0, gains = 0;
            for (int k = 0; k < n; k++)
            {
                double u = random.NextDouble();
                losses += u < 0.008 ? 1 : 0;
                gains += u >= 0.995 ? 1 : 0;
            }

            Interval interval = Intervals.Drop(n, losses, gains);
            covered += interval.Low <= 0.003 && 0.003 <= interval.High ? 1 : 0;
        }

        // Four standard deviations of a share of 0.95 among 2,000.
        Assert.InRange(covered / (double)draws, 0.93, 0.97);
    }

    [Fact]
    public void Reliability_TwoBins_IsTheWeightedGapByHand()
    {
        // Bin of 0.9 … : 2 images, mean 0.95, half right: gap 0.45. Bin of 0.5 …: 2 images, mean 0.5, all right: gap 0.5.
        var reliability = Reliability.Of([0.94f, 0.96f, 0.5f, 0.5f], [0, 1, 0, 0], [0, 0, 0, 0]);

        Assert.Equal((0.5 * 0.45) + (0.5 * 0.5), reliability.ExpectedCalibrationError, 6);
        Assert.Equal(15, reliability.Bins.Count);
        Assert.Equal(4, reliability.Bins.Sum(b => b.Images));
        Assert.Equal(2, reliability.Bins[14].Images);
        Assert.Null(reliability.Bins[0].Accuracy);
    }

    private static void Close(double low, double high, Interval interval)
    {
        Assert.InRange(interval.Low, low - 0.0001, low + 0.0001);
        Assert.InRange(interval.High, high - 0.0001, high + 0.0001);
    }
}
