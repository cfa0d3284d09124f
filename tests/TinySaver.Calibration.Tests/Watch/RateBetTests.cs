using TinySaver.Calibration.Watch;

namespace TinySaver.Calibration.Tests.Watch;

public sealed class RateBetTests
{
    private const double Alpha = 0.05;

    [Fact]
    public void Evidence_OneOutcome_IsTheStakeTimesTheMeanOfTheOdds()
    {
        // At m = 0.2 an odds ratio r bets on p = r/(4 + r): an event multiplies by 5p. Of the stake 1/(1 + ln 2) still waits.
        double[] factors = [.. new[] { 1.25, 1.5, 2, 3, 5, 10, 30 }.Select(r => 5 * r / (4 + r))];
        double waiting = 1 / (1 + Math.Log(2));
        var bet = new RateBet(0.2);

        bet.Add(1, happened: true);

        Assert.Equal(((1 - waiting) * factors.Average()) + waiting, bet.Evidence(1), 1e-12);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.97)]
    public void Add_AtTheLargestShareThatIsAllowed_WinsNothingInTheMean(double most)
    {
        var happened = new RateBet(most);
        var not = new RateBet(most);
        for (int n = 1; n <= 50; n++)
        {
            double before = happened.Evidence(n - 1);
            not = new RateBet(most, happened.Wealth);
            happened.Add(n, true);
            not.Add(n, false);
            Assert.Equal(before, (most * happened.Evidence(n)) + ((1 - most) * not.Evidence(n)), 1e-9 * before);
            happened = n % 7 == 0 ? happened : not;
        }
    }

    [Fact]
    public void Evidence_BetThatGoesOnFromItsWealth_IsTheSame()
    {
        var whole = new RateBet(0.01);
        var parts = new RateBet(0.01);
        for (int n = 1; n <= 300; n++)
        {
            whole.Add(n, n % 60 == 0);
            parts.Add(n, n % 60 == 0);
            if (n % 100 == 0)
                parts = new RateBet(0.01, parts.Wealth);
        }

        Assert.Equal(whole.Evidence(300), parts.Evidence(300));
    }

    // 10,000 looks, one after each outcome, at a share exactly as large as is allowed; and one that goes up and down below it.
    [Theory]
    [InlineData(0.005, false)]
    [InlineData(0.05, false)]
    [InlineData(0.3, true)]
    public void Evidence_WhileTheClaimHolds_ReachesTheAlarmInFewerThanAlphaOfManyLives(double most, bool wavers)
    {
        const int lives = 1_000;
        const int looks = 10_000;
        int alarms = 0;
        Parallel.For(0, lives, life =>
        {
            var random = new Random(life);
            var bet = new RateBet(most);
            for (int n = 1; n <= looks; n++)
            {
                double share = wavers && n / 500 % 2 == 0 ? most / 2 : most;
                bet.Add(n, random.NextDouble() < share);
                if (bet.Evidence(n) >= 1 / Alpha)
                {
                    Interlocked.Increment(ref alarms);
                    return;
                }
            }
        });

        Assert.InRange(alarms, 0, Alpha * lives);
    }

    // The share rises after 2,000 outcomes at half of what is allowed. The alarm's delay is counted from there.
    [Theory]
    [InlineData(0.01, 2_700)]
    [InlineData(0.02, 720)]
    [InlineData(0.05, 200)]
    public void Evidence_AfterTheShareRisesByPoints_ReachesTheAlarmSoon(double rise, int mostMedian)
    {
        int[] delays = Delays(0.005, 0.0025, rise, lives: 200);

        Assert.InRange(delays[100], 1, mostMedian);
        Assert.InRange(delays[180], 1, 2 * mostMedian);
    }

    private static int[] Delays(double most, double before, double rise, int lives)
    {
        const int quiet = 2_000;
        int[] delays = new int[lives];
        Parallel.For(0, lives, life =>
        {
            var random = new Random(10_000 + life);
            var bet = new RateBet(most);
            int n = 0;
            while (bet.Evidence(n) < 1 / Alpha)
            {
                n++;
                bet.Add(n, random.NextDouble() < (n <= quiet ? before : before + rise));
            }

            delays[life] = n - quiet;
        });
        Array.Sort(delays);
        return delays;
    }
}
