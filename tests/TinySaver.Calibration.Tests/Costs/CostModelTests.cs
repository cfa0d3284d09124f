using TinySaver.Calibration.Costs;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Costs;

public sealed class CostModelTests
{
    private static readonly FunctionPrices Flex = new(0.000026, 0.40, 1000, 100);

    private static readonly Prices Round = new(
        new DateOnly(2026, 1, 1), "made up", Flex, new ReplicaPrices(0.0001, 0.00001, 0.000001), 0.01, 0.02, 0.5, 0.6);

    private static readonly TinyWorkload Tiny = new(2048, 0.05, 4, 100);
    private static readonly LargeWorkload Large = new(8, 50, 0.02, 0.5);

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(1000.5, 1100)]
    [InlineData(1100, 1100)]
    [InlineData(1250, 1300)]
    public void Charged_AnyTime_IsTheMinimumThenWholeSteps(double milliseconds, double expected) =>
        Assert.Equal(expected, CostModel.Charged(milliseconds, Flex));

    [Fact]
    public void GigabyteSecondsPerImage_ShortActivity_IsChargedTheMinimum()
    {
        // One image alone in an instance of 2 GB pays for a whole second: 2 GB-s.
        Assert.Equal(2, CostModel.GigabyteSecondsPerImage(new TinyWorkload(2048, 0.05, 1, 1), Flex), 12);

        // 100 images, 4 at a time, 25 rounds of 50 ms: 1,250 ms, charged 1,300: 2 · 1.3 / 100.
        Assert.Equal(0.026, CostModel.GigabyteSecondsPerImage(Tiny, Flex), 12);
    }

    [Fact]
    public void Estimate_RoundPrices_IsTheBillByHand()
    {
        CostEstimate estimate = CostModel.Estimate(Tiny, Large, 0.75, Round);

        // Replica: 0.0001 + 8 · 0.00001 + 50 · 0.000001 = 0.00023 a second; 0.02 s at half utilisation is 0.04 s an image.
        Assert.Equal(9.2, Line("large model: replica time").LargeOnly, 9);
        Assert.Equal(2.3, Line("large model: replica time").Cascade, 9);
        Assert.Equal(0.676, Line("tiny app: memory × time").Cascade, 9);
        Assert.Equal(0.4, Line("tiny app: executions").Cascade, 9);
        Assert.Equal(1.5, Line("escalation queue").LargeOnly, 9);
        Assert.Equal(0.375, Line("escalation queue").Cascade, 9);
        Assert.Equal(1.25, Line("image reads").Cascade, 9);
        Assert.Equal(2.5, Line("label writes").Cascade, 9);
        Assert.Equal(9.2 + 1.5 + 0.6 + 1 + 2, estimate.LargeOnlyPerMillion, 9);
        Assert.Equal(0.676 + 0.4 + 2.3 + 0.375 + 0.6 + 1.25 + 2.5, estimate.CascadePerMillion, 9);
        Assert.Equal(estimate.LargeOnlyPerMillion - estimate.CascadePerMillion, estimate.SavingPerMillion, 12);

        CostLine Line(string item) => estimate.Lines.Single(l => l.Item == item);
    }

    [Fact]
    public void Estimate_AtTheBreakEvenExitRate_CostsTheSame()
    {
        double breakEven = CostModel.Estimate(Tiny, Large, 0.3, Round).BreakEvenExitRate;

        CostEstimate estimate = CostModel.Estimate(Tiny, Large, breakEven, Round);

        // The tiny app's 1.076 and a second read and write (3) against 13.7 for each image that exits.
        Assert.Equal((1.076 + 3) / 13.7, breakEven, 9);
        Assert.Equal(0, estimate.SavingPerMillion, 9);
    }

    [Fact]
    public void Estimate_OneImageInFlight_CostsMoreThanFour() => Assert.True(
        CostModel.Estimate(Tiny with { InFlight = 1 }, Large, 0.5, Prices.Default).CascadePerMillion
        > CostModel.Estimate(Tiny, Large, 0.5, Prices.Default).CascadePerMillion);

    [Fact]
    public void Estimate_NumberOutOfRange_IsRefused()
    {
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large, 1.1, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { InFlight = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { SecondsPerImage = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { ImagesPerActivity = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large with { Utilisation = 0 }, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large with { SecondsPerImage = double.NaN }, 0.5, Round));
    }
}
