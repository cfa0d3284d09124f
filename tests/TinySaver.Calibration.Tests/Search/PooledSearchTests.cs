using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Tests.Search;

public sealed class PooledSearchTests(ITestOutputHelper output)
{
    private const double Delta = 0.05;

    // Two savers and a large model that is better than either, but errs for reasons of its own.
    private static readonly PooledPopulation TwoSavers = new(6000, [(4.2, 1.6), (5.2, 1.4), (6.0, 1.3)], [0.05, 0.2]);

    // Worse models, of which few images certify or refute something: a draw is cheap, and a search that looks where it must not is tempted more.
    private static readonly PooledPopulation Weak = new(2500, [(3.0, 1.6), (4.0, 1.4), (4.4, 1.3)], [0.05, 0.2]);

    private static readonly SearchOptions Chains = new() { MaxSavers = 2, CurvePoints = 2 };

    [Fact]
    public void Run_ModelsThatErrForDifferentReasons_IsMoreAccurateThanTheLargeModelWithPoolingOnly()
    {
        SearchInput input = TwoSavers.Draw(4000, seed: 1);
        var rule = new CertifiedRule { Epsilon = 0 };
        CascadeChoice pooled = CascadeSearch.Run(input, rule, Chains).Choice!;
        CascadeChoice? alone = CascadeSearch.Run(input, rule, Chains with { Pool = false }).Choice;
        output.WriteLine($"pooled {TwoSavers.Point(pooled)}, alone {(alone is null ? "none" : TwoSavers.Point(alone))}");
        Assert.NotNull(pooled.LargeWeights);
        Assert.Equal(pooled.Savers.Count + 1, pooled.LargeWeights.Count);
        Assert.True(TwoSavers.TrueDrop(pooled) < 0);
        Assert.True(TwoSavers.Point(pooled).DeltaC < (alone is null ? 0 : TwoSavers.Point(alone).DeltaC));
        Assert.Equal(0, pooled.Certificate!.Epsilon);
    }

    [Fact]
    public void Run_EpsilonBelowZero_CertifiesAnAccuracyAboveTheLargeModels()
    {
        CascadeChoice choice = CascadeSearch.Run(TwoSavers.Draw(4000, seed: 2), new CertifiedRule { Epsilon = -0.005 }, Chains).Choice!;
        Assert.InRange(TwoSavers.TrueDrop(choice), -1, -0.005);
        Assert.InRange(choice.Calibration.DeltaC, -1, 0);
        Assert.True(choice.Certificate!.Gains > choice.Certificate.Losses);
    }

    [Fact]
    public void Run_WithoutLabels_PoolsNothingAndRefusesAnEpsilonOfZero()
    {
        SearchInput unlabelled = TwoSavers.Draw(1000, seed: 1) with { Labels = default };
        CascadeChoice choice = CascadeSearch.Run(unlabelled, new CertifiedRule { Epsilon = 0.1 }).Choice!;
        Assert.Null(choice.LargeWeights);
        Assert.Contains("only with labels", Assert.Throws<Core.Failures.TinySaverException>(
            () => CascadeSearch.Run(unlabelled, new CertifiedRule { Epsilon = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Calibration_IsWhatTheCascadeDoesOnThoseImages()
    {
        // The whole population as the calibration set: what the search says of it is the truth.
        SearchInput input = TwoSavers.Draw(3000, seed: 3);
        SearchResult result = CascadeSearch.Run(input, new BudgetRule(0.3));
        Assert.NotNull(result.Choice!.LargeWeights);
        CandidateResult chosen = result.Candidates[0];
        Assert.True(chosen.Chosen);
        Assert.Equal(result.Choice.LargeWeights, chosen.LargeWeights);
        Assert.Equal(result.Choice.Calibration.AccuracyCascade, chosen.Point!.AccuracyCascade);
        Assert.Equal(result.Choice.Calibration.Losses, chosen.Point.Losses);
        Assert.Equal(result.Choice.Calibration.Gains, chosen.Point.Gains);
        Assert.Equal(result.Choice.Calibration.Disagreements, chosen.Point.Disagreements);
    }

    [Fact]
    public void Run_AccuracyRule_IsTheMostAccurateCascadeThatIsCheapEnough()
    {
        SearchInput input = TwoSavers.Draw(3000, seed: 4);
        double before = 0;
        foreach (double compute in (ReadOnlySpan<double>)[0.3, 0.5, 0.9])
        {
            CascadeChoice choice = CascadeSearch.Run(input, new AccuracyRule(compute), Chains).Choice!;
            CascadeChoice pair = CascadeSearch.Run(input, new AccuracyRule(compute), new SearchOptions()).Choice!;
            Assert.InRange(1 + choice.Calibration.DeltaC, 0, compute + 1e-9);
            Assert.True(choice.Calibration.AccuracyCascade >= before);
            Assert.True(choice.Calibration.AccuracyCascade >= pair.Calibration.AccuracyCascade);
            before = choice.Calibration.AccuracyCascade!.Value;
        }

        SearchResult none = CascadeSearch.Run(input, new AccuracyRule(0.01), Chains);
        Assert.Null(none.Choice);
        Assert.Contains("saves 99.0 % of compute", none.NoCascade!.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PooledPairs_KeepsTheGuarantee() => Simulate(250, epsilon: 0.03, maxSavers: 1);

    [Fact]
    public void Run_PooledPairsNoLessAccurate_KeepsTheGuarantee() => Simulate(400, epsilon: 0, maxSavers: 1);

    [Fact]
    public void Run_PooledChains_KeepsTheGuarantee() => Simulate(400, epsilon: 0.04, maxSavers: 2);

    /// <summary>What the search counted of every step, table or curve, is what running that cascade over the certifying images gives.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_Certificate_CountsWhatTheCascadeDoesOnTheImagesThatCertify(int maxSavers)
    {
        bool pooled = false;
        for (int seed = 10; seed < 16; seed++)
        {
            SearchInput input = TwoSavers.Draw(2500, seed);
            CascadeChoice choice = CascadeSearch.Run(input, new CertifiedRule { Epsilon = 0.005 }, Chains with { MaxSavers = maxSavers }).Choice!;
            Certificate certificate = choice.Certificate!;
            Assert.Equal(maxSavers, choice.Savers.Count);
            pooled |= choice.LargeWeights is not null;
            var split = SampleSplit.Draw(input.Samples, default, certificate.SelectionSamples, seed: 0);
            Assert.Equal(new Differences(certificate.Losses, certificate.Gains, certificate.Disagreements), PooledPopulation.Differences(input, choice, split.Certification));
        }

        Assert.True(pooled);
    }

    [Fact]
    public void Curve_WithEscalatedAnswers_IsWhatAReplayCounts()
    {
        SearchInput input = TwoSavers.Draw(800, seed: 5);
        SaverPredictions saver = input.Savers[0];
        var pooled = PooledAnswers.Of([saver.Confidences[0].Evidence!, input.Large.Evidence!], [0.5, 1]);
        ReadOnlySpan<int> labels = input.Labels.Span;
        ReadOnlySpan<int> large = input.Large.Classes.Span;
        SweepCurve curve = Sweep.Of(
            saver.Confidences[0].Values.Span, PairedOutcomes.Compare(labels, saver.Classes.Span, large), PairedOutcomes.Compare(labels, pooled.Classes, large));
        foreach (double threshold in (ReadOnlySpan<double>)[1.1, 0.99, 0.8, 0.5, 0])
        {
            var replay = CascadeReplay.Run([new ReplaySaver(saver.Classes, saver.Confidences[0].Values, threshold, 0.1)], pooled.Classes);
            var point = OperatingPoint.Of(replay, large, labels);
            Assert.Equal(point.Differences, curve.At(threshold).Differences);
            Assert.Equal(point.Exited, curve.At(threshold).Exited);
        }

        Assert.NotEqual(default, curve.NothingExits.Differences);
    }

    private void Simulate(int samples, double epsilon, int maxSavers)
    {
        const int draws = 500;
        var rule = new CertifiedRule { Epsilon = epsilon, Delta = Delta };
        int broken = 0, none = 0, pooled = 0, chains = 0;
        double deltaC = 0, drop = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            SearchInput input = Weak.Draw(samples, draw, [ConfidenceMeasure.Margin]);
            if (CascadeSearch.Run(input, rule, new SearchOptions { MaxSavers = maxSavers, CurvePoints = 2 }).Choice is not { } choice)
            {
                none++;
                continue;
            }

            OperatingPoint point = Weak.Point(choice);
            broken += point.AccuracyDrop > epsilon ? 1 : 0;
            pooled += choice.LargeWeights is not null || choice.Savers.Any(s => s.Weights is not null) ? 1 : 0;
            chains += choice.Savers.Count > 1 ? 1 : 0;
            (deltaC, drop) = (deltaC + point.DeltaC, drop + point.AccuracyDrop!.Value);
        }

        output.WriteLine($"{draws} draws of {samples} images, {rule.Guarantee(true)}, {maxSavers} savers");
        output.WriteLine($"broken in {broken} ({100.0 * broken / draws:F1} %), none in {none}, pooled {pooled}, chains {chains}, mean delta-C {deltaC / draws:F3}, drop {drop / draws:F4}");

        // As in GuaranteeSimulationTests.
        int mostBroken = Enumerable.Range(0, draws).First(k => Binomial.Cumulative(k, draws, Delta) >= 0.999);
        Assert.True(broken <= mostBroken, $"broken in {broken} of {draws} draws; {mostBroken} are within chance of δ");
        Assert.True(none < 0.8 * draws, $"none in {none} draws: a rule that recommends nothing keeps every promise");
        Assert.True(pooled > 0.1 * draws, $"pooled in {pooled} draws only");
        Assert.True(maxSavers == 1 || chains > 0.1 * draws, $"chains in {chains} draws only");
    }
}
