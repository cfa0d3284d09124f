using System.Text.Json;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Search;

public sealed class CascadeSearchTests
{
    private static readonly Population Savers = new(
        large: 9, skills: [5, 6.6, 8], costs: [0.02, 0.06, 1.2], noises: [0.4, 0.8, 1.4], slope: 8);

    private static readonly CertifiedRule[] Corrections =
    [
        new CertifiedRule { Correction = CandidateCorrection.Bonferroni },
        new CertifiedRule { Correction = CandidateCorrection.Split },
    ];

    [Fact]
    public void Run_FixedThresholdOnFourImages_IsCountedByHand()
    {
        // s0 lets images 0 and 1 exit (one loss), s1 lets 0, 1 and 2 exit (one loss, one gain).
        var input = new SearchInput(
            new ModelPredictions("large", 100, new[] { 1, 1, 9, 1 }),
            [
                Saver("s0", 10, [1, 2, 2, 2], [0.9f, 0.8f, 0.1f, 0.2f]),
                Saver("s1", 40, [1, 2, 1, 2], [0.9f, 0.8f, 0.5f, 0.2f]),
            ],
            new[] { 1, 1, 1, 1 });

        SearchResult result = CascadeSearch.Run(input, new FixedRule(0.5));

        Assert.Equal(0.75, result.AccuracyLarge);
        Assert.Equal("s0", Assert.Single(result.Choice!.Savers).Saver);
        OperatingPoint s0 = result.Candidates.Single(c => c.Saver == "s0").Point!;
        OperatingPoint s1 = result.Candidates.Single(c => c.Saver == "s1").Point!;
        Assert.Equal((0.5, 0.25, 0.5, 1, 0), (s0.AccuracyCascade, s0.AccuracyDrop, s0.ExitRate, s0.Losses, s0.Gains));
        Assert.Equal(0.1 - 0.5, s0.DeltaC, 12);
        Assert.Equal((0.75, 0.0, 0.75, 1, 1), (s1.AccuracyCascade, s1.AccuracyDrop, s1.ExitRate, s1.Losses, s1.Gains));
        Assert.Equal(0.4 - 0.75, s1.DeltaC, 12);
        Assert.Equal(0.5, s1.Agreement);
    }

    [Fact]
    public void Run_Budget_TakesTheMostAccurateOfThoseThatSave()
    {
        SearchInput input = Savers.Draw(3000, 5);

        SearchResult result = CascadeSearch.Run(input, new BudgetRule(0.7));

        OperatingPoint chosen = result.Choice!.Calibration;
        Assert.True(chosen.ExitRate >= 0.3 - 1e-9);
        Assert.All(
            result.Candidates.Where(c => c.Verdict == CandidateVerdict.Saves),
            c => Assert.True(c.Point!.AccuracyDrop >= chosen.AccuracyDrop));
    }

    [Fact]
    public void Run_Paper_ChoosesForEveryCandidateWhatTheRuleChooses()
    {
        SearchInput input = Savers.Draw(1000, 6);

        SearchResult result = CascadeSearch.Run(input, new PaperRule());

        Assert.Equal(9, result.Candidates.Count);
        foreach (CandidateResult candidate in result.Candidates)
        {
            SaverPredictions saver = input.Savers.Single(s => s.Name == candidate.Saver);
            PairedOutcome[] outcomes = PairedOutcomes.Compare(input.Labels.Span, saver.Classes.Span, input.Large.Classes.Span);
            ConfidenceColumn column = saver.Confidences.Single(c => c.Measure == candidate.Measure);
            Assert.Equal(PaperRule.Choose(Sweep.Of(column.Values.Span, outcomes)), candidate.Threshold);
        }

        Assert.Equal(result.Candidates.Min(c => c.Point!.DeltaC), result.Choice!.Calibration.DeltaC);
    }

    [Fact]
    public void Run_Certified_TheCertificatesCountsPassItsOwnTest()
    {
        foreach (CertifiedRule rule in Corrections)
        {
            SearchResult result = CascadeSearch.Run(Savers.Draw(4000, 7), rule);

            Certificate certificate = result.Choice!.Certificate!;
            Assert.Equal(rule.Correction, certificate.Correction);
            Assert.InRange(certificate.Samples + certificate.SelectionSamples, rule.Correction == CandidateCorrection.Split ? 4000 : 3500, 4000);
            Assert.Equal(6, certificate.Candidates);
            Assert.True(PairedDropTest.For(certificate.Samples, certificate.Epsilon, certificate.TestLevel)
                .Certifies(certificate.Losses, certificate.Gains));
            Assert.Equal(rule.Correction == CandidateCorrection.Split ? 0.025 : 0.05 / 6, certificate.TestLevel, 12);
            Assert.True(result.Choice.Calibration.DeltaC < 0);
        }
    }

    [Fact]
    public void Run_SaverThatCostsMoreThanTheLargeModel_NeverSaves()
    {
        foreach (SearchRule rule in (SearchRule[])[new PaperRule(), new FixedRule(0.5), new BudgetRule(0.5)])
        {
            SearchResult result = CascadeSearch.Run(Savers.Draw(2000, 8), rule);

            Assert.All(result.Candidates.Where(c => c.Saver == "s2"), c => Assert.Equal(CandidateVerdict.CostsMore, c.Verdict));
            Assert.NotEqual("s2", result.Choice!.Savers[0].Saver);
        }

        SearchInput onlyCostly = Savers.Draw(2000, 8);
        NoCascade? none = CascadeSearch.Run(onlyCostly with { Savers = [onlyCostly.Savers[2]] }, new CertifiedRule()).NoCascade;
        Assert.Equal(NoCascadeReason.CostsMoreThanItSaves, none!.Reason);
        Assert.Null(none.Closest);
    }

    [Fact]
    public void Run_TooFewImages_SaysHowManyItTakes()
    {
        SearchResult result = CascadeSearch.Run(Savers.Draw(285, 9), new CertifiedRule());

        Assert.Null(result.Choice);
        Assert.Equal(NoCascadeReason.TooFewSamples, result.NoCascade!.Reason);
        Assert.Contains("285 calibration images are too few", result.NoCascade.Explanation, StringComparison.Ordinal);
        Assert.Contains("it takes 636", result.NoCascade.Explanation, StringComparison.Ordinal);
        Assert.True(result.NoCascade.SamplesNeeded >= 636);
        Assert.NotNull(result.NoCascade.Closest);
        Assert.All(result.Candidates, c => Assert.False(c.Certified));
    }

    [Fact]
    public void Run_DropIsTooLargeAtAnyThreshold_SaysThatNoNumberWouldDo()
    {
        // Wrong on every tenth image whatever its confidence, of which there is one value only: everything exits or nothing.
        int[] labels = new int[3000];
        int[] wrong = [.. Enumerable.Range(0, 3000).Select(i => i % 10 == 0 ? 1 : 0)];
        var input = new SearchInput(
            new ModelPredictions("large", 10, labels), [Saver("s", 1, wrong, [.. Enumerable.Repeat(0.5f, 3000)])], labels);

        SearchResult result = CascadeSearch.Run(input, new CertifiedRule());

        Assert.Equal(NoCascadeReason.CostsMoreThanItSaves, result.NoCascade!.Reason);
        Assert.Null(result.NoCascade.SamplesNeeded);
        Assert.Equal(0.1, result.NoCascade.ClosestPoint!.AccuracyDrop!.Value, 12);
        Assert.Contains("no number of images", result.NoCascade.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithoutLabels_BoundsTheDisagreement()
    {
        SearchResult result = CascadeSearch.Run(Savers.Draw(4000, 10, labelled: false), new CertifiedRule { Epsilon = 0.02 });

        Assert.Equal(RiskKind.Disagreement, result.Choice!.Certificate!.Risk);
        Assert.Null(result.Choice.Calibration.AccuracyDrop);
        Assert.True(result.Choice.Calibration.Agreement >= 0.98);
    }

    [Fact]
    public void Run_RowsInAnotherOrder_FindsTheSame()
    {
        SearchInput input = Savers.Draw(1500, 11);
        ulong[] keys = [.. Enumerable.Range(0, 1500).Select(i => (ulong)i * 7919)];
        int[] order = [.. Enumerable.Range(0, 1500)];
        new Random(1).Shuffle(order);
        SearchInput shuffled = new(
            input.Large with { Classes = Take(input.Large.Classes) },
            [.. input.Savers.Select(s => s with
            {
                Classes = Take(s.Classes),
                Confidences = [.. s.Confidences.Select(c => c with { Values = Take(c.Values) })],
            })],
            Take(input.Labels));
        var rule = new CertifiedRule { Correction = CandidateCorrection.Split, Seed = 5 };

        SearchResult one = CascadeSearch.Run(input with { SampleKeys = keys }, rule);
        SearchResult other = CascadeSearch.Run(shuffled with { SampleKeys = Take<ulong>(keys) }, rule);

        Assert.Equal(one.Choice!.Savers, other.Choice!.Savers);
        Assert.Equal(one.Choice.Certificate, other.Choice.Certificate);

        T[] Take<T>(ReadOnlyMemory<T> values) => [.. order.Select(i => values.Span[i])];
    }

    [Fact]
    public void Run_TwoSaversInARow_ReportsWhatTheReplayOfTheChainDoes()
    {
        var population = new Population(large: 14, skills: [9, 12.5], costs: [0.02, 0.25], noises: [0.8], slope: 12);
        foreach (SearchRule rule in (SearchRule[])[new CertifiedRule(), new PaperRule()])
        {
            SearchInput input = population.Draw(10_000, 1);
            SearchResult pair = CascadeSearch.Run(input, rule);
            SearchResult chain = CascadeSearch.Run(input, rule, new SearchOptions { MaxSavers = 2 });

            Assert.Equal(2, chain.Choice!.Savers.Count);
            Assert.True(chain.Choice.Calibration.DeltaC < pair.Choice!.Calibration.DeltaC);
            int waiting = input.Samples, losses = 0;
            double cost = 0;
            for (int i = 0; i < input.Samples; i++)
            {
                foreach (SaverSetting stage in chain.Choice.Savers)
                {
                    SaverPredictions saver = input.Savers.Single(s => s.Name == stage.Saver);
                    cost += stage.CostRatio;
                    if (saver.Confidences[0].Values.Span[i] >= stage.Threshold)
                    {
                        waiting--;
                        bool large = input.Large.Classes.Span[i] == input.Labels.Span[i];
                        losses += large && saver.Classes.Span[i] != input.Labels.Span[i] ? 1 : 0;
                        break;
                    }
                }
            }

            Assert.Equal(losses, chain.Choice.Calibration.Losses);
            Assert.Equal(input.Samples - waiting, chain.Choice.Calibration.Exited);
            Assert.Equal((cost - input.Samples + waiting) / input.Samples, chain.Choice.Calibration.DeltaC, 9);
        }
    }

    [Fact]
    public void Run_FittedTemperature_CertifiesOnTheSplitThatItWasFittedOn()
    {
        SearchInput input = Savers.Draw(4000, 12);
        SaverPredictions tempered = input.Savers[1] with { Confidences = [input.Savers[1].Confidences[0] with { Temperature = 1.7f }] };
        var split = SampleSplit.Draw(4000, [], 900, 77);

        SearchResult result = CascadeSearch.Run(input with { Savers = [tempered], Split = split }, new CertifiedRule());

        Assert.Equal(1.7f, result.Choice!.Savers[0].Temperature);
        Assert.Equal((900, 3100), (result.Choice.Certificate!.SelectionSamples, result.Choice.Certificate.Samples));
        SweepCurve certifying = Sweep.Of(
            [.. split.Certification.Select(i => tempered.Confidences[0].Values.Span[i])],
            [.. split.Certification.Select(i => PairedOutcomes.Compare(input.Labels.Span, tempered.Classes.Span, input.Large.Classes.Span)[i])]);
        SweepPoint point = certifying.At(result.Choice.Savers[0].Threshold);
        Assert.Equal((point.Losses, point.Gains), (result.Choice.Certificate.Losses, result.Choice.Certificate.Gains));
    }

    [Fact]
    public void Run_FittedTemperatureWithoutItsSplit_IsRefused()
    {
        SearchInput input = Savers.Draw(1000, 12);
        SaverPredictions tempered = input.Savers[1] with { Confidences = [input.Savers[1].Confidences[0] with { Temperature = 1.7f }] };

        TinySaverException error = Assert.Throws<TinySaverException>(
            () => CascadeSearch.Run(input with { Savers = [tempered] }, new CertifiedRule()));

        Assert.Contains("the split", error.Message, StringComparison.Ordinal);
        Assert.NotNull(CascadeSearch.Run(input with { Savers = [tempered] }, new PaperRule()));
    }

    [Fact]
    public void Run_AnyRule_SurvivesJson()
    {
        foreach (SearchRule rule in (SearchRule[])[new CertifiedRule(), new PaperRule(), new FixedRule(0.9), new BudgetRule(0.5)])
        {
            foreach (int samples in (int[])[200, 3000])
            {
                SearchResult result = CascadeSearch.Run(Savers.Draw(samples, 13), rule);
                string json = JsonSerializer.Serialize(result);
                Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<SearchResult>(json)));
                Assert.True(result.Choice is null != result.NoCascade is null);
            }
        }
    }

    private static SaverPredictions Saver(string name, double cost, int[] classes, float[] confidences) =>
        new(name, cost, classes, [new ConfidenceColumn(ConfidenceMeasure.MaxProbability, 1, confidences)]);
}
