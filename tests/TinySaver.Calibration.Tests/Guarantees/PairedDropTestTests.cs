using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Tests.Guarantees;

public sealed class PairedDropTestTests
{
    [Theory]
    [InlineData(605, 0.005, 0.05, -1)]
    [InlineData(606, 0.005, 0.05, 0)]
    [InlineData(700, 0.005, 0.05, 0)]
    [InlineData(1000, 0.005, 0.05, 1)]
    public void MostLosses_NoGains_IsNeverMoreThanTheBinomialTestAllows(int n, double epsilon, double delta, int expected)
    {
        int most = PairedDropTest.For(n, epsilon, delta).MostLosses(0);

        Assert.Equal(expected, most);
        Assert.True(most < 0 || Binomial.Cumulative(most, n, epsilon) <= delta);
    }

    [Theory]
    [InlineData(40, 0.1, 0.05)]
    [InlineData(700, 0.005, 0.05)]
    [InlineData(1500, 0.005, 0.005)]
    [InlineData(5000, 0.01, 0.1)]
    [InlineData(20_000, 0.002, 0.05)]
    // Where the worst null hypothesis has many gains: a search of less than the whole range of P(gain) would pass at the sizes above.
    [InlineData(300, 0.05, 0.05)]
    [InlineData(800, 0.02, 0.025)]
    [InlineData(10, 0.01, 0.005)]
    public void ProbabilityOfCertifying_EveryNullHypothesis_IsAtMostDelta(int n, double epsilon, double delta)
    {
        var test = PairedDropTest.For(n, epsilon, delta);
        double largest = 0;
        for (int i = 0; i <= 3000; i++)
        {
            double gains = 0.5 * (1 - epsilon) * Math.Pow(i / 3000.0, 2);
            largest = Math.Max(largest, test.ProbabilityOfCertifying(gains + epsilon, gains));
        }

        // Ten images have too few outcomes to come nearer to δ.
        Assert.InRange(largest, (n < 20 ? 0.6 : 0.7) * delta, delta);
        Assert.True(test.ProbabilityOfCertifying(1.5 * epsilon, 0) <= delta);
    }

    // No drop, and a point or five more accurate: there P(gain) begins at 0 and at −ε.
    [Theory]
    [InlineData(50, 0, 0.05)]
    [InlineData(1000, 0, 0.05)]
    [InlineData(1000, -0.01, 0.05)]
    [InlineData(300, -0.05, 0.025)]
    public void ProbabilityOfCertifying_NoDropAllowed_IsAtMostDelta(int n, double epsilon, double delta)
    {
        var test = PairedDropTest.For(n, epsilon, delta);
        double least = -epsilon, largest = 0;
        for (int i = 0; i <= 3000; i++)
        {
            double gains = least + ((0.5 * (1 - epsilon) - least) * Math.Pow(i / 3000.0, 2));
            largest = Math.Max(largest, test.ProbabilityOfCertifying(gains + epsilon, gains));
        }

        Assert.InRange(largest, 0.6 * delta, delta);
        Assert.Equal(-1, test.MostLosses(0));
        Assert.True(test.MostLosses(n) >= 0);
    }

    // The sign test given the number of differences takes five gains without a loss, (1/2)^5 < 0.05; this one, unconditional, is never stricter.
    [Fact]
    public void MostLosses_NoDropAllowed_TakesGainsButNoMoreThanTheSignTest()
    {
        var test = PairedDropTest.For(2000, 0, 0.05);
        Assert.Equal(-1, test.MostLosses(2));
        Assert.True(test.MostLosses(5) >= 0);
    }

    [Fact]
    public void ProbabilityOfCertifying_FewImages_IsTheSumOverAllOutcomes()
    {
        const int n = 30;
        var test = PairedDropTest.For(n, 0.2, 0.1);
        foreach ((double a, double b) in (ReadOnlySpan<(double, double)>)[(0.1, 0.05), (0.3, 0.1), (0.6, 0.4), (0, 0.5), (0.2, 0)])
        {
            double sum = 0;
            for (int gains = 0; gains <= n; gains++)
            {
                for (int losses = 0; losses <= n - gains; losses++)
                {
                    if (test.Certifies(losses, gains))
                        sum += Math.Exp(Binomial.LogProbability(gains, n, b) + Binomial.LogProbability(losses, n - gains, Math.Min(1, a / (1 - b))));
                }
            }

            Assert.Equal(sum, test.ProbabilityOfCertifying(a, b), 10);
        }
    }

    [Fact]
    public void Certifies_MoreLossesOrFewerGains_NeverHelps()
    {
        var test = PairedDropTest.For(2000, 0.005, 0.05);
        for (int gains = 1; gains <= 2000; gains++)
            Assert.True(test.MostLosses(gains) >= test.MostLosses(gains - 1));

        Assert.True(test.Certifies(test.MostLosses(5), 5));
        Assert.False(test.Certifies(test.MostLosses(5) + 1, 5));
    }

    [Fact]
    public void Certifies_CountsOutOfRange_Throws()
    {
        var test = PairedDropTest.For(100, 0.05, 0.05);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Certifies(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Certifies(0, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedDropTest.For(0, 0.05, 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedDropTest.For(10, 1, 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedDropTest.For(10, 0.05, 0));
    }

    [Fact]
    public void For_ManyThreadsAtOnce_AllGetTheSameCurve()
    {
        int[][] curves = new int[8][];
        Parallel.For(0, curves.Length, i =>
        {
            var test = PairedDropTest.For(1234, 0.006, 0.04);
            curves[i] = [.. Enumerable.Range(0, 1235).Select(test.MostLosses)];
        });

        Assert.All(curves, curve => Assert.Equal(curves[0], curve));
    }

    [Theory]
    [InlineData(0.005, 0.005)]
    [InlineData(0.004, 0.002)]
    [InlineData(0.03, 0.03)]
    [InlineData(0.001, 0.006)]
    [InlineData(0, 0.01)]
    public void SamplesNeeded_ThatMany_CertifyFourTimesInFive(double lossRate, double gainRate)
    {
        int needed = (int)DropScore.SamplesNeeded(lossRate, gainRate, 0.005, 0.05)!.Value;

        double chance = PairedDropTest.For(needed, 0.005, 0.05).ProbabilityOfCertifying(lossRate, gainRate);

        // The formula is on the safe side where gains outweigh losses.
        Assert.InRange(chance, 0.75, gainRate > lossRate ? 0.9 : 0.85);
    }

    [Fact]
    public void SamplesNeeded_DropNotBelowEpsilon_IsNull()
    {
        Assert.Null(DropScore.SamplesNeeded(0.006, 0.001, 0.005, 0.05));
        Assert.Equal(598, DropScore.SamplesNeeded(0, 0, 0.005, 0.05));
    }

    [Theory]
    [InlineData(1, 606)]
    [InlineData(2, 789)]
    [InlineData(3, 920)]
    [InlineData(9, 1301)]
    [InlineData(15, 1485)]
    public void FewestSamples_LowerLevels_AreWhereTheContourBeginsToCertify(int tests, int expected)
    {
        long fewest = new Guarantee(RiskKind.AccuracyDrop, 0.005, 0.05 / tests).FewestSamples();

        Assert.Equal(expected, fewest);
        Assert.Equal(0, PairedDropTest.For((int)fewest, 0.005, 0.05 / tests).MostLosses(0));
        Assert.Equal(-1, PairedDropTest.For((int)fewest - 1, 0.005, 0.05 / tests).MostLosses(0));
    }

    [Fact]
    public void FewestSamples_WithLosses_IsWhereOneMoreIsAllowed()
    {
        Assert.Equal(957, PairedDropTest.FewestSamples(1, 0.005, 0.05));
        Assert.Equal((0, 1), (PairedDropTest.For(956, 0.005, 0.05).MostLosses(0), PairedDropTest.For(957, 0.005, 0.05).MostLosses(0)));
        Assert.Equal(947, new Guarantee(RiskKind.Disagreement, 0.005, 0.05).FewestSamples(1));
    }

    [Fact]
    public void FewestSamples_WithoutLabels_IsTheBinomialNumber()
    {
        Assert.Equal(598, new Guarantee(RiskKind.Disagreement, 0.005, 0.05).FewestSamples());

        // Beyond what can be tested: ln δ / ln(1 − ε).
        Assert.InRange(new Guarantee(RiskKind.AccuracyDrop, 1e-9, 0.05).FewestSamples(), 2_995_731_000, 2_995_733_000);
    }

    [Theory]
    [InlineData(597, -1)]
    [InlineData(598, 0)]
    [InlineData(945, 0)]
    [InlineData(947, 1)]
    public void MostDisagreements_AroundTheFewestSamples_IsTheExactBinomialLimit(int n, int expected)
    {
        Assert.Equal(expected, DisagreementTest.MostDisagreements(n, 0.005, 0.05));
        if (expected >= 0)
            Assert.True(OtherBounds.UpperLimit(expected, n, 0.05) <= 0.005);
    }
}
