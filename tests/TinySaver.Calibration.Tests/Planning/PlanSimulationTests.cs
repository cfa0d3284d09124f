using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Planning;

public sealed class PlanSimulationTests
{
    private static readonly TinySettings Tiny = new(2048, 1, 8, 0.01, 0.06, 40);
    private static readonly LargeSettings Large = new(16, 0.01, 0, 1, Gpu: true);
    private static readonly TinyWorkload Workload = new(2048, 0.1, 8, 1000);
    private static readonly ReplicaSize Size = new(8, 56);

    [Fact]
    public void Draw_Trace_HasTheImagesOfEachMomentInOrder()
    {
        var arrivals = Arrivals.Of([(0, 0), (3_600, 40_000), (7_200, 0), (80_000, 6_400)]);
        double[] times = [.. arrivals.Draw(new Random(3))];

        Assert.Equal(Arrivals.Day, arrivals.Seconds);
        Assert.Equal(46_400, arrivals.Total, 6);
        Assert.Equal(times.Order(), times);
        Assert.InRange(times.Count(t => t is >= 3_600 and < 7_200), 39_000, 41_000);
        Assert.InRange(times.Count(t => t >= 80_000), 6_000, 6_800);
        Assert.Equal(times.Length, times.Count(t => t is (>= 3_600 and < 7_200) or >= 80_000));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1e9)]
    public void Steady_TheFewestAndTheMostOfADay_AreTaken(double images) =>
        Assert.Equal(images, Arrivals.Steady(images / Arrivals.Day).Total, 3);

    [Fact]
    public void Of_SecondsThatFall_AreRefused() => Assert.Throws<TinySaverException>(() => Arrivals.Of([(10, 1), (5, 1)]));

    [Fact]
    public void Quantile_KnownLatencies_IsRightToOnePercent()
    {
        var curve = new LatencyCurve(1, 1);
        for (int i = 1; i <= 10_000; i++)
            curve.Add(0, i / 100.0);

        Assert.InRange(curve.Quantile(0.5) / 50, 0.99, 1.01);
        Assert.InRange(curve.Quantile(0.95) / 95, 0.99, 1.01);
        Assert.Equal(50.005, curve.Mean, 6);
    }

    [Fact]
    public void Cascade_Cancelled_EndsBeforeTheDay()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        PlanSimulation day = new PlanSimulation(Arrivals.Steady(10_000), 0.9, new(), Prices.Default.Function, seed: 1, cancelled.Token).Thinned(2);
        Assert.Throws<OperationCanceledException>(() => day.Cascade(Tiny, [Large]));
        Assert.Throws<OperationCanceledException>(() => day.LargeOnly([Large]));
    }

    [Fact]
    public void Cascade_SameSeed_IsTheSameAndLabelsEveryImageOnce()
    {
        PlanSimulation day = Day(Arrivals.Steady(2), 0.9);
        PlanOutcome first = day.Cascade(Tiny, [Large])[0];
        PlanOutcome second = day.Cascade(Tiny, [Large])[0];

        Assert.Equal(day.Arrivals.Draw(new Random(5)).Count(), first.Latency.Count);
        Assert.Equal(first.Latency.Mean, second.Latency.Mean);
        Assert.InRange(first.Escalated.Count / (double)first.Latency.Count, 0.095, 0.105);
        Assert.True(first.KeepsUp(day.Arrivals));
    }

    [Fact]
    public void Cascade_SeveralLargeApps_AreEachAsIfAlone()
    {
        PlanSimulation day = Day(Arrivals.Steady(2), 0.9);
        LargeSettings[] larges = [Large, Large with { MinimumReplicas = 1 }];
        IReadOnlyList<PlanOutcome> together = day.Cascade(Tiny, larges);

        for (int i = 0; i < larges.Length; i++)
        {
            PlanOutcome alone = day.Cascade(Tiny, [larges[i]])[0];
            Assert.Equal(alone.Latency.Quantile(0.99), together[i].Latency.Quantile(0.99));
            Assert.Equal(alone.LargeUse.InstanceSeconds, together[i].LargeUse.InstanceSeconds);
        }
    }

    [Fact]
    public void MonthlyCost_ReplicaThatNeverSleeps_IsPaidAllMonth()
    {
        PlanSimulation day = Day(Arrivals.Steady(1), 1);
        PlanOutcome outcome = day.Cascade(Tiny, [Large with { MinimumReplicas = 1 }])[0];
        IReadOnlyList<MonthLine> lines = MonthlyCost.Of(outcome, day.Arrivals, Size, Workload, Prices.Default);

        double second = 0.000072 + (8 * 0.000024) + (56 * 0.000003);
        Assert.Equal(30 * 86_400 * second, lines.Single(l => l.Item == "large model: replica time").Dollars, 1.0);
        Assert.Equal(outcome.TinyUse!.ChargedSeconds * 2 * 30 * 0.000026, lines.Single(l => l.Item == "tiny app: memory × time").Dollars, 0.1);
        Assert.Equal(outcome.Latency.Count * 30 * 0.4e-6, lines.Single(l => l.Item == "tiny app: executions").Dollars, 6);
    }

    [Fact]
    public void Search_Aim_IsKeptByTheCheapestAndCostsMoreWhenItIsTighter()
    {
        PlanSimulation day = Day(Arrivals.Steady(5, 14_400), 0.8);
        PlanChoice loose = new SettingsSearch(day, 3_600).Cascade(Tiny, Large);
        PlanChoice tight = new SettingsSearch(day, 10).Cascade(Tiny, Large);
        PlanChoice never = new SettingsSearch(day, 0.5).Cascade(Tiny, Large);

        Assert.True(loose.Keeps && tight.Keeps && !never.Keeps);
        Assert.InRange(tight.Outcome.Latency.Quantile(0.95), 0, 10);
        Assert.Equal(0, loose.Outcome.Large.MinimumReplicas);
        Assert.True(tight.Outcome.Large.MinimumReplicas >= 1);
        Assert.True(loose.Outcome.LargeUse.InstanceSeconds < tight.Outcome.LargeUse.InstanceSeconds);
    }

    [Fact]
    public void Search_FewEscalations_AreHeldToTheAimAlone()
    {
        // One image in fifty escalates, every quarter of an hour: the other 98 % are in time, whatever these wait for.
        PlanSimulation day = Day(Arrivals.Of([.. Enumerable.Range(0, 96).SelectMany(i => new[] { (i * 900.0, 500.0), ((i * 900.0) + 1, 0.0) })]), 0.98);
        PlanOutcome asleep = day.Cascade(Tiny, [Large])[0];
        PlanChoice choice = new SettingsSearch(day, 60).Cascade(Tiny, Large);

        Assert.True(asleep.Latency.Quantile(0.95) < 60 && asleep.Escalated.Quantile(0.95) > 60);
        Assert.True(choice.Keeps && choice.Outcome.Escalated.Quantile(0.95) <= 60);
    }

    [Theory]
    [InlineData(12, 512)]
    [InlineData(50, 512)]
    [InlineData(51, 2048)]
    [InlineData(400, 2048)]
    public void Search_LargeImages_GetInstancesThatHoldThem(double megapixels, int megabytes) =>
        Assert.Equal(megabytes, new SettingsSearch(Day(Arrivals.Steady(1, 3_600), 0.9), 3_600, megapixels).Cascade(Tiny, Large).Outcome.Tiny!.MemoryMegabytes);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Thinned_SteadyDay_HasTheLatenciesAndReplicaSecondsOfTheWhole(int by)
    {
        PlanSimulation day = Day(Arrivals.Steady(2_000, 600), 0.9);
        LargeSettings large = Large with { MinimumReplicas = 3, MaximumReplicas = 3 };
        PlanOutcome whole = day.Cascade(Tiny, [large])[0];
        PlanOutcome thinned = day.Thinned(by).Cascade(Tiny with { MaximumInstances = 40 / by }, [large.Lumped(by)])[0];

        Assert.Equal(whole.Latency.Count / (double)by, thinned.Latency.Count, 0.02 * thinned.Latency.Count);
        Assert.InRange(thinned.Latency.Quantile(0.5) / whole.Latency.Quantile(0.5), 0.9, 1.1);
        Assert.InRange(by * thinned.TinyUse!.ChargedSeconds / whole.TinyUse!.ChargedSeconds, 0.8, 1.25);
        Assert.Equal(whole.LargeUse.InstanceSeconds, thinned.LargeUse.InstanceSeconds, 5.0);
    }

    private static PlanSimulation Day(Arrivals arrivals, double exitRate) => new(arrivals, exitRate, new(), Prices.Default.Function, seed: 5);
}
