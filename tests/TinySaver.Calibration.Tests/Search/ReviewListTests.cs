using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Tests.Search;

public sealed class ReviewListTests(ITestOutputHelper output)
{
    private static readonly CertifiedRule Rule = new() { Epsilon = 0.02 };

    private static readonly Population Savers = new(
        large: 9, skills: [6, 7, 7.5], costs: [0.02, 0.08, 0.2], noises: [0.4, 1.2], slope: 8);

    [Fact]
    public void Of_OneSaver_ListsTheDifferencesFromTheSurestDownAndWhatEachSaves()
    {
        // Ten groups of 100 images with one confidence and one difference each; some losses are allowed without any label.
        const int samples = 1000;
        int[] saver = [.. Enumerable.Range(0, samples).Select(i => i % 100 == 0 ? 1 : 0)];
        float[] confidences = [.. Enumerable.Range(0, samples).Select(i => 1 - (i / 100 / 16f))];
        var input = new SearchInput(
            new("large", 1, new int[samples]),
            [new("s", 0.1, saver, [new(ConfidenceMeasure.Margin, 1, confidences)])],
            Enumerable.Repeat(Labellings.Unknown, samples).ToArray());
        CertifiedRule rule = new() { Epsilon = 0.01 };
        int allowed = rule.Guarantee(labelled: true).Test(samples).MostLosses;
        var list = ReviewList.Of(input, rule);

        Assert.InRange(allowed, 1, 8);
        Assert.Equal((allowed * 0.1) - 0.1, list.Saves, 9);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 100 * i), list.Items.Select(i => i.Row));
        Assert.Equal(Enumerable.Range(1, 10).Select(k => Math.Min(10, allowed + k)), list.Items.Select(i => (int)Math.Round((i.Saves + 0.1) * 10)));
        Assert.Equal(new ReviewItem(100, "s", 15 / 16f, 1, 0, list.Items[1].Saves), list.Items[1]);
        Assert.Equal(0.9, list.CouldSave, 9);
    }

    [Fact]
    public void Of_EverythingLabelled_IsEmpty() => Assert.Empty(ReviewList.Of(Savers.Draw(1500, 1), Rule).Items);

    [Fact]
    public void Of_AnyLabels_ListsOnlyUnlabelledDifferencesOfImagesThatCertify()
    {
        SearchInput input = Unlabelled(Savers.Draw(1500, 1), keep: i => i % 3 == 0);
        int certifying = CascadeSearch.Run(input, Rule).Choice!.Certificate!.Samples;
        HashSet<int> certify = [.. SampleSplit.Draw(1500, [], 1500 - certifying, Rule.Seed).Certification];
        var list = ReviewList.Of(input, Rule);

        Assert.NotEmpty(list.Items);
        Assert.Equal(list.Items.Count, list.Items.Select(i => i.Row).Distinct().Count());
        Assert.All(list.Items, i =>
        {
            Assert.Equal(Labellings.Unknown, input.Labels.Span[i.Row]);
            Assert.NotEqual(i.Answer, i.Large);
            Assert.Equal(input.Large.Classes.Span[i.Row], i.Large);
            Assert.Equal(input.Savers.Single(s => s.Name == i.Saver).Classes.Span[i.Row], i.Answer);
            Assert.Contains(i.Row, certify);
        });
        Assert.Equal(list.Items.Select(i => i.Saves).Order(), list.Items.Select(i => i.Saves));
        Assert.True(list.Items[0].Saves >= list.Saves);
    }

    [Theory]
    [InlineData(1, 1500)]
    [InlineData(2, 1500)]
    public void Of_ReviewedFromTheTopUntilItIsEmpty_CertifiesWhatAllLabelsOfThePathDo(int maxSavers, int samples)
    {
        var options = new SearchOptions { MaxSavers = maxSavers };
        for (int draw = 0; draw < 10; draw++)
        {
            SearchInput truth = Savers.Draw(samples, draw);
            SearchInput input = Unlabelled(truth, _ => false);
            SearchResult all = CascadeSearch.Run(AllThatCounts(truth), Rule, options);
            int reviewed = 0;
            while (ReviewList.Of(input, Rule, options).Items is [_, ..] items)
            {
                int[] labels = input.Labels.ToArray();
                foreach (ReviewItem item in items.Take(10))
                    labels[item.Row] = truth.Labels.Span[item.Row];

                reviewed += Math.Min(10, items.Count);
                input = input with { Labels = labels };
            }

            SearchResult few = CascadeSearch.Run(input, Rule, options);
            Assert.Equal(all.Choice?.Calibration.DeltaC, few.Choice?.Calibration.DeltaC);
            Assert.InRange(reviewed, 1, samples / 5);
        }
    }

    /// <summary>How many labels the review takes until it is empty, beside what no labels and all labels certify. Prints the table of docs/calibration.md.</summary>
    [Fact(Explicit = true)]
    public void Of_OneToThreePercentDifferences_NeedsLabelsThatHardlyGrowWithImages()
    {
        var rule = new CertifiedRule();
        const int draws = 5, batch = 100;
        foreach (double shared in (double[])[0.7, 0.4, 0.1])
        {
            // Equally good on the whole, so that only chance tells losses from gains; the fewer errors they share, the more they differ.
            var population = new Population(large: 9, [9], [0.05], [0.4, 0.8, 1.4], slope: 7, sharedErrors: shared);
            foreach (int samples in (int[])[1000, 4000, 20_000])
            {
                double none = 0, all = 0, reviewed = 0, labels = 0, differs = 0, most = 0;
                for (int draw = 0; draw < draws; draw++)
                {
                    SearchInput truth = population.Draw(samples, draw);
                    none += population.TrueDeltaC(CascadeSearch.Run(truth with { Labels = default }, rule).Choice?.Savers ?? []);
                    all += population.TrueDeltaC(CascadeSearch.Run(truth, rule).Choice?.Savers ?? []);
                    SearchInput input = Unlabelled(truth, _ => false);
                    int used = 0;
                    while (ReviewList.Of(input, rule).Items is [_, ..] items)
                    {
                        int[] known = input.Labels.ToArray();
                        foreach (ReviewItem item in items.Take(batch))
                            known[item.Row] = truth.Labels.Span[item.Row];

                        used += Math.Min(batch, items.Count);
                        input = input with { Labels = known };
                    }

                    CascadeChoice? few = CascadeSearch.Run(input, rule).Choice;
                    reviewed += population.TrueDeltaC(few?.Savers ?? []);
                    CascadeChoice? every = CascadeSearch.Run(AllThatCounts(truth), rule).Choice;
                    Assert.Equal(every?.Calibration.DeltaC, few?.Calibration.DeltaC);
                    labels += used;
                    most = Math.Max(most, used);
                    differs += few is null ? 0 : few.Calibration.Disagreements / (double)few.Calibration.Exited;
                }

                output.WriteLine(FormattableString.Invariant(
                    $"shared {shared}: {samples} images, differ among exits {100 * differs / draws:0.0} %; delta-C none {none / draws:0.000}, all {all / draws:0.000}, reviewed {reviewed / draws:0.000} with {labels / draws:0} labels (at most {most})"));
            }
        }
    }

    // All labels but one that no difference needs, so that the sequence is that of partial labels.
    private static SearchInput AllThatCounts(SearchInput input)
    {
        int agreeing = Enumerable.Range(0, input.Samples).First(i => input.Savers.All(s => s.Classes.Span[i] == input.Large.Classes.Span[i]));
        return Unlabelled(input, i => i != agreeing);
    }

    private static SearchInput Unlabelled(SearchInput input, Func<int, bool> keep) =>
        PartialLabelTests.Hide(input, Enumerable.Range(0, input.Samples).Where(i => !keep(i)));
}
