using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Search;

public sealed class PartialLabelTests
{
    private const int Samples = 1200;

    private static readonly CertifiedRule Rule = new() { Epsilon = 0.02, Correction = CandidateCorrection.Split };

    private static readonly Population Savers = new(
        large: 9, skills: [6, 7, 7.5], costs: [0.02, 0.08, 0.2], noises: [0.4, 1.2], slope: 8);

    [Fact]
    public void Compare_UnlabelledImage_IsALossWhereTheTwoDifferAndNothingWhereTheyAgree()
    {
        PairedOutcome[] outcomes = PairedOutcomes.Compare([-1, -1, 1, 1, 1], [1, 2, 1, 2, 3], [1, 3, 2, 1, 2]);
        Assert.Equal(new Differences(Losses: 2, Gains: 1, Disagreements: 4, Unlabelled: 1), PairedOutcomes.Sum(outcomes));
        Assert.Equal(default, outcomes[0].Differences());
        Assert.Equal(new Differences(1, 2, 4), PairedOutcomes.Sum(outcomes).AtBest());
    }

    [Fact]
    public void Run_MoreLabels_NeverCertifiesLess()
    {
        for (int draw = 0; draw < 20; draw++)
        {
            SearchInput input = Savers.Draw(Samples, draw);
            var random = new Random(draw);
            int[] order = [.. Enumerable.Range(0, Samples).OrderBy(_ => random.Next())];
            double[] saved = [.. new[] { 0, 200, 600, 900, Samples - 1 }.Select(k => Saved(Hide(input, order[k..])))];
            Assert.Equal(saved.Order(), saved);
            Assert.True(saved[^1] > saved[0] || draw > 0);
        }
    }

    [Fact]
    public void Run_OnlyTheDifferencesThatCertifyAreLabelled_CertifiesWhatAllLabelsDo()
    {
        // One column leaves nothing to choose, so the path is the same.
        var one = new Population(large: 9, skills: [7], costs: [0.05], noises: [0.8], slope: 8);
        for (int draw = 0; draw < 20; draw++)
        {
            SearchInput input = one.Draw(Samples, draw);
            int[] agreeing = [.. Enumerable.Range(0, Samples).Where(i => input.Savers[0].Classes.Span[i] == input.Large.Classes.Span[i])];
            CertifiedRule rule = Rule with { Correction = CandidateCorrection.Auto };
            SearchResult all = CascadeSearch.Run(input, rule);
            SearchResult few = CascadeSearch.Run(Hide(input, agreeing), rule);
            Assert.Equal(all.Choice!.Certificate, few.Choice!.Certificate);
            Assert.Equal(all.Choice.Savers[0].Threshold, few.Choice.Savers[0].Threshold);
            Assert.Equal(all.Choice.Calibration.AccuracyDrop, few.Choice.Calibration.AccuracyDrop);

            // What is not known is not shown.
            Assert.Equal((Samples - agreeing.Length, false), (few.Labels, few.Labelled));
            Assert.Null(few.AccuracyLarge);
            Assert.Null(few.Choice.Calibration.AccuracyCascade);
            Assert.Null(few.Choice.Calibration.ExitedAccuracyLarge);
            Assert.Null(few.Candidates[0].Accuracy);
        }
    }

    [Fact]
    public void Run_LabelsOfImagesThatSelect_ChangeNothing()
    {
        SearchInput input = Savers.Draw(Samples, 1);
        int certifying = CascadeSearch.Run(Hide(input, [0]), Rule).Choice!.Certificate!.Samples;
        var split = SampleSplit.Draw(Samples, [], Samples - certifying, Rule.Seed);
        SearchResult without = CascadeSearch.Run(Hide(input, split.Selection), Rule);
        SearchResult with = CascadeSearch.Run(Hide(input, split.Selection.Take(1)), Rule);
        Assert.Equal(certifying, without.Labels);
        Assert.Equal(without.Labels, with.Labels);
        Assert.Equal(without.Choice!.Certificate, with.Choice!.Certificate);
        Assert.Equal(without.Choice.Savers, with.Choice.Savers);
        Assert.Equal(without.Candidates.Select(c => (c.Saver, c.Measure, c.Threshold)), with.Candidates.Select(c => (c.Saver, c.Measure, c.Threshold)));
    }

    [Fact]
    public void Run_ADifferenceWithoutALabel_CountsAsALossAndIsNamed()
    {
        SearchInput input = Hide(Savers.Draw(Samples, 2), Enumerable.Range(0, Samples));
        CascadeChoice choice = CascadeSearch.Run(input, Rule).Choice!;
        Certificate certificate = choice.Certificate!;
        Assert.Equal((certificate.Disagreements, certificate.Disagreements, 0), (certificate.Losses, certificate.Unlabelled, certificate.Gains));
        Assert.Equal(choice.Calibration.Disagreements / (double)Samples, choice.Calibration.AccuracyDrop);
        Assert.Contains($"{certificate.Unlabelled} of {certificate.Disagreements} differences have no label and count as losses", certificate.Policy.Method);
    }

    [Fact]
    public void Run_NoLessAccurateThanTheLargeModelFromFewLabels_IsCertifiedByGains()
    {
        // The saver is the better of the two, which its labels alone can tell.
        var better = new Population(large: 6.5, skills: [9], costs: [0.05], noises: [0.8], slope: 8);
        SearchInput input = better.Draw(1000, 3);
        int[] agreeing = [.. Enumerable.Range(0, 1000).Where(i => input.Savers[0].Classes.Span[i] == input.Large.Classes.Span[i])];
        SearchResult result = CascadeSearch.Run(Hide(input, agreeing), Rule with { Epsilon = 0 });
        Assert.True(result.Choice is not null, result.NoCascade?.Explanation);
        CascadeChoice choice = result.Choice;
        Assert.True(choice.Certificate!.Gains > choice.Certificate.Losses);
        Assert.InRange(better.TrueDrop(choice.Savers), -1, 0);
    }

    [Fact]
    public void Run_PaperRuleWithSomeLabels_IsRefused() =>
        Assert.Contains("labels of all images", Assert.Throws<TinySaverException>(() => CascadeSearch.Run(Hide(Savers.Draw(100, 1), [5]), new PaperRule())).Message);

    [Fact]
    public void Run_NothingCertifiedForWantOfLabels_SaysThatLabelsMayHelp()
    {
        var costly = new Population(large: 9, skills: [5], costs: [0.6], noises: [0.8], slope: 8);
        NoCascade none = CascadeSearch.Run(Hide(costly.Draw(Samples, 4), Enumerable.Range(1, Samples - 1)), Rule).NoCascade!;
        Assert.Contains("differences without a label were losses; their labels may certify it", none.Explanation);
        Assert.Null(none.SamplesNeeded);
    }

    [Fact]
    public void Evaluate_SomeLabels_BoundsTheDropFromBothSides()
    {
        // Of a hundred images that all exit: two losses, a gain, and three differences that nobody labelled.
        int[] labels = [.. Enumerable.Repeat(0, 97), -1, -1, -1];
        int[] saver = [1, 1, 0, .. Enumerable.Repeat(0, 94), 1, 1, 1];
        int[] large = [0, 0, 1, .. Enumerable.Repeat(0, 97)];
        float[] sure = [.. Enumerable.Repeat(1f, 100)];
        EvaluationResult result = CascadeEvaluation.Run(new(
            [new("s", new(saver, sure, 0.5, 0.1), sure)], large, sure, labels, new(Core.Cascade.RiskKind.AccuracyDrop, 0.035, 0.05)));

        Assert.Equal((5, 1, 3), (result.Point.Losses, result.Point.Gains, result.Point.Unlabelled));
        Assert.Equal(0.04, result.Point.AccuracyDrop!.Value, 12);
        Assert.Equal(Intervals.Drop(100, 2, 4).Low, result.DropInterval!.Low);
        Assert.Equal(Intervals.Drop(100, 5, 1).High, result.DropInterval.High);
        Assert.Equal(GuaranteeVerdict.AboveWithinError, result.Guarantee!.Verdict);
        Assert.Null(result.Point.AccuracyCascade);
        Assert.Null(result.Savers[0].Accuracy);
        Assert.Null(result.LargeReliability);
        Assert.Empty(result.Classes);
        Assert.Equal(3, result.Mistakes.Count(m => m.Label is null));
        Assert.Equal(5, result.Mistakes.Count);
    }

    /// <summary>The input without the labels of some images.</summary>
    internal static SearchInput Hide(SearchInput input, IEnumerable<int> rows)
    {
        int[] labels = input.Labels.ToArray();
        foreach (int row in rows)
            labels[row] = Labellings.Unknown;

        return input with { Labels = labels };
    }

    private static double Saved(SearchInput input) => -(CascadeSearch.Run(input, Rule).Choice?.Calibration.DeltaC ?? 0);
}
