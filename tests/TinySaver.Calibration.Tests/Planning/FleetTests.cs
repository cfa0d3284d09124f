using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;

namespace TinySaver.Calibration.Tests.Planning;

/// <summary>The simulation against what queueing theory knows in closed form, within 2 %, and against small cases by hand.</summary>
public sealed class FleetTests
{
    private const double Tolerance = 0.02;

    private static readonly FunctionPrices Flex = new(0.000026, 0.40, 1000, 100);

    [Theory]
    [InlineData(1, 0.3)]
    [InlineData(1, 0.8)]
    [InlineData(4, 0.7)]
    [InlineData(16, 0.9)]
    public void MeanWait_ConstantService_IsThatOfMDc(int servers, double utilisation)
    {
        double wait = MeanWait(servers, utilisation * servers, () => 1, images: 4_000_000);

        // Crommelin: the mean wait of M/D/c by Poisson tails, the service time being 1.
        double rate = utilisation * servers;
        double expected = Enumerable.Range(1, 2_000).Sum(i => PoissonAtLeast(i * rate, i * servers) - (servers / rate * PoissonAtLeast(i * rate, (i * servers) + 1)));
        Assert.InRange(wait / expected, 1 - Tolerance, 1 + Tolerance);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(8, 0.8)]
    public void MeanWait_ExponentialService_IsThatOfMMc(int servers, double utilisation)
    {
        var random = new Random(7);
        double wait = MeanWait(servers, utilisation * servers, () => -Math.Log(1 - random.NextDouble()), images: 4_000_000);

        // Erlang C.
        double load = utilisation * servers;
        double term = 1, sum = 0;
        for (int k = 0; k < servers; k++)
        {
            sum += term;
            term *= load / (k + 1);
        }

        double queued = term / (1 - utilisation);
        double expected = queued / (sum + queued) / (servers - load);
        Assert.InRange(wait / expected, 1 - Tolerance, 1 + Tolerance);
    }

    [Fact]
    public void Throughput_FullBatches_IsWhatBatchTimeAllows()
    {
        // 12,800 images that are there at once, in batches of 64 that take 0.05 s and 5 ms an image, on two replicas.
        double last = 0;
        Fleet fleet = New(new(1, 64, (_, n) => 0.05 + (n * 0.005), 2, 2, Still), (_, at) => last = at);
        for (int i = 0; i < 12_800; i++)
            fleet.Arrive(0, 0);

        fleet.Finish(0);

        Assert.Equal(100 * (0.05 + (64 * 0.005)), last, 1e-9 + (0.05 + 0.005));
    }

    [Fact]
    public void Look_WorkFromNothing_StartsOneThenFourThenTwiceAsManyAndStopsAfterTheCooldown()
    {
        // A look each 30 s, started after 60: a replica at 30, four at 60, eight at 90.
        var curve = new FleetCurve(1_200, 40);
        var settings = new LargeSettings(1, 1, 0, 8, Gpu: false);
        var fleet = new Fleet(settings.Fleet(new() { BatchSeconds = 0 }), Flex, curve, (_, _) => { });
        for (int i = 0; i < 2_400; i++)
            fleet.Arrive(0, 0);

        FleetUse use = fleet.Finish(1_200);

        Assert.Equal([0, 1, 4, 8], curve.Instances[..4]);
        Assert.Equal(0, curve.Instances[^1]);
        // 1 from 90, 4 from 120 and 8 from 150 on: 30 + 120 images until then, and 2,250 by eight.
        Assert.InRange(use.LastDone, 150 + (2_250 / 8.0) - 1, 150 + (2_250 / 8.0) + 1.5);
    }

    [Fact]
    public void Look_LessWorkAfterMore_StopsInstancesAlthoughNoneIsEverIdle()
    {
        // 500 images a second need ten instances; the 20,000 before them need many more, to whom work then comes in turn.
        var curve = new FleetCurve(600, 600);
        var fleet = new Fleet(new TinySettings(2048, 1, 8, 0.02, 0.06, 200).Fleet(new()), Flex, curve, (_, _) => { });
        for (int i = 0; i < 20_000; i++)
            fleet.Arrive(0, 0);

        for (int i = 0; i < 300_000; i++)
            fleet.Arrive(i / 500.0, i / 500.0);

        fleet.Finish(600);

        Assert.InRange(curve.Instances.Max(), 30, 200);
        // Looks fall on the seam of two parts: one of them may hold both.
        int[] late = [.. curve.Instances[300..].Where(n => n > 0)];
        Assert.True(late.Min() >= 8 && late.Max() <= 20, string.Join(' ', curve.Instances));
    }

    [Fact]
    public void Finish_ShortActivities_AreChargedASecondEachAndNoneTwice()
    {
        // At 0 and 0.5: one second for both; at 10: another.
        Fleet fleet = New(new(1, 1, (_, _) => 0.1, 1, 1, Still), (_, _) => { });
        foreach (double at in (double[])[0, 0.5, 10])
            fleet.Arrive(at, at);

        Assert.Equal(2, fleet.Finish(20).ChargedSeconds, 9);
    }

    [Fact]
    public void ChargedSeconds_FullInstance_AreThoseOfTheCostModel()
    {
        var tiny = new TinySettings(2048, 1, 8, 0.02, 0.06, 1);
        Fleet fleet = New(new(8, 1, (n, _) => tiny.Seconds(n), 1, 1, Still), (_, _) => { });
        for (int i = 0; i < 10_000; i++)
            fleet.Arrive(0, 0);

        double model = CostModel.GigabyteSecondsPerImage(new(2048, tiny.Seconds(8), 8, 10_000), Flex);
        double simulated = 2 * fleet.Finish(0).ChargedSeconds / 10_000;
        Assert.InRange(simulated / model, 1 - Tolerance, 1 + Tolerance);
    }

    private static ScaleSettings Still => new(1e9, 1, 0, 0, n => n, 0);

    private static Fleet New(FleetSettings settings, Action<double, double> done) => new(settings, Flex, new(1, 1), done);

    private static double MeanWait(int servers, double rate, Func<double> service, int images)
    {
        double spent = 0, served = 0;
        long count = 0;
        Fleet fleet = New(new(servers, 1, (_, _) => Counted(service()), 1, 1, Still), (arrived, at) =>
        {
            spent += at - arrived;
            count++;
        });
        foreach (double at in Arrivals.Steady(rate, images / rate).Draw(new Random(1)))
            fleet.Arrive(at, at);

        fleet.Finish(0);
        return (spent - served) / count;

        double Counted(double seconds)
        {
            served += seconds;
            return seconds;
        }
    }

    private static double PoissonAtLeast(double mean, int count)
    {
        // The tail, from its first term on; beyond ten standard deviations there is nothing.
        double log = -mean;
        for (int k = 1; k <= count; k++)
            log += Math.Log(mean / k);

        double term = Math.Exp(log), sum = 0;
        for (int k = count; term > 1e-18 || k < mean; k++)
        {
            sum += term;
            term *= mean / (k + 1);
        }

        return sum;
    }
}
