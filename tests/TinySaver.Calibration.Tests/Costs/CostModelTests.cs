using TinySaver.Calibration.Costs;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Costs;

public sealed class CostModelTests
{
    private static readonly FunctionPrices Flex = new(0.000026, 0.40, 1000, 100);

    private static readonly Prices Round = new(
        new DateOnly(2026, 1, 1), "made up", Flex, new ReplicaPrices(0.0001, 0.00001, 0.000001), 0.01, 0.02, 0.5, 0.6)
    {
        PerTenThousandStorageQueueOperations = 0.003,
        PerGigabyteOfLogs = 10,
    };

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
        Assert.Equal(0.9, Line("tiny app: its trigger's own queue").Cascade, 9);
        Assert.Equal(1, Line("tiny app: its trigger's look at the image").Cascade, 9);

        // A trace in twenty: 1.64 kB an image, 1.53 kB an escalation; metrics of 13 kB for each of 12,500 s / 60.
        const double Logs = 10 * ((0.05 * 1.64) + (12_500 / 60.0 * 13e-6)), LargeLogs = 10 * 0.05 * 1.53;
        Assert.Equal(Logs + (0.25 * LargeLogs), Line("logs").Cascade, 9);
        Assert.Equal(9.2 + 1.5 + 0.6 + 1 + 2 + LargeLogs, estimate.LargeOnlyPerMillion, 9);
        Assert.Equal(0.676 + 0.4 + 0.9 + 1 + 2.3 + 0.375 + 0.6 + 1.25 + 2.5 + Logs + (0.25 * LargeLogs), estimate.CascadePerMillion, 9);
        Assert.Equal(estimate.LargeOnlyPerMillion - estimate.CascadePerMillion, estimate.SavingPerMillion, 12);

        CostLine Line(string item) => estimate.Lines.Single(l => l.Item == item);
    }

    [Fact]
    public void Estimate_AtTheBreakEvenExitRate_CostsTheSame()
    {
        double breakEven = CostModel.Estimate(Tiny, Large, 0.3, Round).BreakEvenExitRate;

        CostEstimate estimate = CostModel.Estimate(Tiny, Large, breakEven, Round);

        // The tiny app's 1.076, its trigger's 1.9, its logs and a second read and write (3), against 13.7 and the large app's logs for each that exits.
        Assert.Equal((1.076 + 1.9 + 3 + (10 * ((0.05 * 1.64) + (12_500 / 60.0 * 13e-6)))) / (13.7 + 0.765), breakEven, 9);
        Assert.Equal(0, estimate.SavingPerMillion, 9);
    }

    [Fact]
    public void Estimate_OneImageInFlight_CostsMoreThanFour() => Assert.True(
        CostModel.Estimate(Tiny with { InFlight = 1 }, Large, 0.5, Prices.Default).CascadePerMillion
        > CostModel.Estimate(Tiny, Large, 0.5, Prices.Default).CascadePerMillion);

    [Fact]
    public void Estimate_PoisonedImages_CostFiveTimesTheirTinyPartMore()
    {
        double all = Tiny(1), none = Tiny(0);

        Assert.Equal(5 * (0.676 + 0.4 + 0.9 + 1 + 1), all - none, 9);

        static double Tiny(double share) => CostModel.Estimate(CostModelTests.Tiny with { PoisonedShare = share }, Large, 0.75, Round).CascadePerMillion;
    }

    [Fact]
    public void Estimate_SomebodysOwnPrices_NamesTheirSourceInEachLine()
    {
        Assert.All(CostModel.Estimate(Tiny, Large, 0.75, Round).Lines, l => Assert.EndsWith("made up", l.Source, StringComparison.Ordinal));
        Assert.All(CostModel.Estimate(Tiny, Large, 0.75, Prices.Default).Lines, l => Assert.DoesNotContain("replace by your own", l.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Estimate_NumberOutOfRange_IsRefused()
    {
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { TraceShare = 1.5 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large, 1.1, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { InFlight = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { SecondsPerImage = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny with { ImagesPerActivity = 0 }, Large, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large with { Utilisation = 0 }, 0.5, Round));
        Assert.Throws<TinySaverException>(() => CostModel.Estimate(Tiny, Large with { SecondsPerImage = double.NaN }, 0.5, Round));
    }
}
