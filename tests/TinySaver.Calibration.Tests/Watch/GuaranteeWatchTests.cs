using TinySaver.Calibration.Watch;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Tests.Watch;

public sealed class GuaranteeWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly PolicyMeasurement Measured = new(4_000, null, null, null, null, Disagreement: 0.003, ExitRate: 0.9, DeltaC: -0.8)
    {
        Classes = new Dictionary<int, int> { [0] = 2_000, [1] = 1_600 },
    };

    [Fact]
    public void Plan_CertifiedWithoutLabels_AllowsWhatIsPromised()
    {
        var plan = WatchPlan.Of(Policy(new(RiskKind.Disagreement, 0.004, 0.95), Measured));

        Assert.Equal((0.004, true, 20), (plan.Allowed, plan.Promised, plan.AlarmAt));
    }

    [Theory]
    [InlineData(0.02, true)]
    [InlineData(0.004, false)]
    [InlineData(0, false)]
    [InlineData(-0.01, false)]
    public void Plan_CertifiedWithLabels_AllowsThePromiseOrWhatWasMeasuredWhicheverIsMore(double epsilon, bool promised)
    {
        var plan = WatchPlan.Of(Policy(new(RiskKind.AccuracyDrop, epsilon, 0.95), Measured));

        double measured = RateInterval.Upper(12, 4_000, 0.025);
        Assert.Equal((promised ? epsilon : measured, promised, promised ? 20 : 40), (plan.Allowed, plan.Promised, plan.AlarmAt));
    }

    [Fact]
    public void Plan_OtherImagesThanThoseThatChose_AreWhatIsMeasuredBy()
    {
        CascadePolicy policy = Policy(null, Measured) with { Test = Measured with { Samples = 1_000, ExitRate = 0.5 } };

        var plan = WatchPlan.Of(policy);

        Assert.Equal((RateInterval.Lower(500, 1_000, 0.0125), RateInterval.Upper(500, 1_000, 0.0125)), (plan.ExitLow, plan.ExitHigh));
    }

    [Fact]
    public void Report_PolicyThatSaysNothing_IsUnknown()
    {
        var watch = new GuaranteeWatch(WatchPlan.Of(Policy(null, null)));
        watch.Add(Audit(1, differs: true));

        GuaranteeReport report = watch.Report();

        Assert.Equal(GuaranteeState.Unknown, report.State);
        Assert.StartsWith("The policy neither promises", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_TrafficLikeTheCalibrationImages_Holds()
    {
        GuaranteeWatch watch = Watch();
        Feed(watch, 20_000, differing: 0.003, exiting: 0.9, firstClass: 0.5, seed: 1);

        GuaranteeReport report = watch.Report();

        Assert.Equal((GuaranteeState.Holds, 20_000L), (report.State, report.Counts.Audits));
        Assert.InRange(0.003, report.Low, report.High);
        Assert.InRange(report.ExitRate!.Value, 0.89, 0.91);
    }

    [Fact]
    public void Report_DifferencesBecomeFrequent_IsBrokenSinceSoonAfterAndStays()
    {
        GuaranteeWatch watch = Watch();
        Feed(watch, 5_000, differing: 0.003, exiting: 0.9, firstClass: 0.5, seed: 2);
        Feed(watch, 1_000, differing: 0.08, exiting: 0.9, firstClass: 0.5, seed: 3, from: 5_000);
        GuaranteeReport broken = watch.Report();
        Feed(watch, 20_000, differing: 0, exiting: 0.9, firstClass: 0.5, seed: 4, from: 6_000);

        Assert.Equal(GuaranteeState.Broken, broken.State);
        Assert.InRange(broken.Since!.Value, Start.AddSeconds(5_001), Start.AddSeconds(5_400));
        Assert.InRange(broken.Counts.ChangeAt!.Value, Start.AddSeconds(4_500), Start.AddSeconds(5_060));
        Assert.Equal((GuaranteeState.Broken, broken.Since), (watch.Report().State, watch.Report().Since));
        Assert.Contains("Since about 2026-03-04", broken.Sentence, StringComparison.Ordinal);
        Assert.Contains("evidence above a million, alarm at 40.", broken.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.8, 0.5, true, false)]
    [InlineData(0.97, 0.5, true, false)]
    [InlineData(0.9, 0.3, false, true)]
    public void Report_OtherImagesWithoutMoreDifferences_IsAtRisk(double exiting, double firstClass, bool exits, bool classes)
    {
        GuaranteeWatch watch = Watch();
        Feed(watch, 3_000, differing: 0.003, exiting, firstClass, seed: 5);

        GuaranteeReport report = watch.Report();

        Assert.Equal(GuaranteeState.AtRisk, report.State);
        Assert.Equal((exits, classes), (report.Counts.ExitsDriftSince is not null, report.Counts.ClassesDriftSince is not null));
        Assert.Equal(exits, report.Sentence.Contains("exit rate", StringComparison.Ordinal));
        Assert.Equal(classes, report.Sentence.Contains("mix of classes", StringComparison.Ordinal));
    }

    [Fact]
    public void State_GoingOnFromIt_SaysTheSame_AndOfAnotherPlanBeginsAnew()
    {
        GuaranteeWatch whole = Watch(), parts = Watch();
        Feed(whole, 3_000, 0.01, 0.85, 0.45, seed: 6);
        Feed(parts, 3_000, 0.01, 0.85, 0.45, seed: 6, pause: () => parts = new(parts.State.Plan, parts.State), target: () => parts);

        Assert.Equal(whole.Report(), parts.Report());
        Assert.Equal(0, new GuaranteeWatch(WatchPlan.Of(Policy(null, Measured with { Samples = 3_999 })), whole.State).Report().Counts.Audits);
    }

    // A policy's life of 10,000 audits whose rates are exactly those of the calibration population, of which the calibration images are a draw of their own.
    [Fact]
    public void Report_ManyHealthyLives_FewerThanAlphaAreEverToldOtherwise()
    {
        const int lives = 300;
        int broken = 0, exits = 0, classes = 0;
        Parallel.For(0, lives, life =>
        {
            var random = new Random(life);
            int Draw(int n, double share) => Enumerable.Range(0, n).Count(_ => random.NextDouble() < share);
            PolicyMeasurement measured = Measured with
            {
                Samples = 2_000,
                Disagreement = Draw(2_000, 0.004) / 2_000.0,
                ExitRate = Draw(2_000, 0.9) / 2_000.0,
                Classes = Sampled(random),
            };
            var watch = new GuaranteeWatch(WatchPlan.Of(Policy(new(RiskKind.AccuracyDrop, 0.001, 0.95), measured)));
            Feed(watch, 10_000, 0.004, 0.9, 0.5, seed: life + 100_000);
            WatchCounts counts = watch.Report().Counts;
            Interlocked.Add(ref broken, counts.BrokenSince is null ? 0 : 1);
            Interlocked.Add(ref exits, counts.ExitsDriftSince is null ? 0 : 1);
            Interlocked.Add(ref classes, counts.ClassesDriftSince is null ? 0 : 1);
        });

        Assert.All([broken, exits, classes], alarms => Assert.InRange(alarms, 0, WatchPlan.Alpha * lives));

        static Dictionary<int, int> Sampled(Random random)
        {
            int first = Enumerable.Range(0, 2_000).Count(_ => random.NextDouble() < 0.5);
            return new() { [0] = first, [1] = Enumerable.Range(0, 2_000 - first).Count(_ => random.NextDouble() < 0.8) };
        }
    }

    private static CascadePolicy Policy(PolicyGuarantee? guarantee, PolicyMeasurement? measured) =>
        new() { Savers = [], Large = new("large"), Guarantee = guarantee, Calibration = measured };

    private static GuaranteeWatch Watch() => new(WatchPlan.Of(Policy(new(RiskKind.AccuracyDrop, 0.005, 0.95), Measured)));

    private static AuditRow Audit(int second, bool differs, bool exits = true, int largeClass = 0) => new(
        "p", Start.AddSeconds(second), $"{second}", default, new(exits ? 0 : null), differs ? largeClass + 1 : largeClass, "", largeClass, "", 1);

    private static void Feed(
        GuaranteeWatch watch, int audits, double differing, double exiting, double firstClass, int seed, int from = 0, Action? pause = null, Func<GuaranteeWatch>? target = null)
    {
        var random = new Random(seed);
        for (int i = 1; i <= audits; i++)
        {
            bool exits = random.NextDouble() < exiting;
            bool differs = exits && random.NextDouble() < differing / exiting;
            int largeClass = random.NextDouble() < firstClass ? 0 : random.NextDouble() < 0.8 ? 1 : 2 + random.Next(3);
            (target?.Invoke() ?? watch).Add(Audit(from + i, differs, exits, largeClass));
            if (i % 500 == 0)
                pause?.Invoke();
        }
    }
}
