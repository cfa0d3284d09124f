using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Tests.Search;

/// <summary>
/// Draws calibration sets from a population whose true drop is known at every threshold and counts how often the search's choice exceeds ε.
/// </summary>
public sealed class GuaranteeSimulationTests(ITestOutputHelper output)
{
    private const double Epsilon = 0.005;
    private const double Delta = 0.05;
    private const int Draws = 500;

    // A procedure that breaks its promise in exactly δ of all draws exceeds this count in less than one run of a thousand (and the seeds are
    // fixed, so a run that passes always passes).
    private static readonly int MostBroken = Enumerable.Range(0, Draws).First(k => Binomial.Cumulative(k, Draws, Delta) >= 0.999);

    private static readonly double[] Noises = [0.4, 0.8, 1.4];

    private static readonly Population OneSaver = new(large: 9, skills: [7], costs: [0.05], noises: [0.8], slope: 8);

    private static readonly Population SixSavers = new(
        large: 9, skills: [5, 6, 6.6, 7, 7.5, 8], costs: [0.01, 0.03, 0.06, 0.1, 0.2, 0.35], noises: Noises, slope: 8);

    // All alike: whichever looks best on a draw looks so by luck, the hardest case for choosing.
    private static readonly Population TwelveEqualSavers = new(
        large: 9, skills: [.. Enumerable.Repeat(7.0, 12)], costs: [.. Enumerable.Repeat(0.02, 12)], noises: [0.8], slope: 8);

    [Fact]
    public void Run_OneSaver_KeepsThePromise() => Simulate(OneSaver, 1500, new CertifiedRule { Epsilon = Epsilon, Delta = Delta });

    [Fact]
    public void Run_SixSaversBonferroni_KeepsThePromise() => Simulate(
        SixSavers, 2000, new CertifiedRule { Epsilon = Epsilon, Delta = Delta, Correction = CandidateCorrection.Bonferroni });

    [Fact]
    public void Run_SixSaversSplit_KeepsThePromise() => Simulate(
        SixSavers, 1000, new CertifiedRule { Epsilon = Epsilon, Delta = Delta, Correction = CandidateCorrection.Split }, paper: true);

    [Fact]
    public void Run_TwelveEqualSavers_KeepsThePromise() => Simulate(
        TwelveEqualSavers, 1000, new CertifiedRule { Epsilon = Epsilon, Delta = Delta }, paper: true);

    // A chain of equals is worth nothing but by luck: were its thresholds read off the images that certify, it would break the promise in 10 %.
    [Fact]
    public void Run_TwoSaversInARow_KeepsThePromiseForTheWholeChain() => Simulate(
        TwelveEqualSavers, 2500, new CertifiedRule { Epsilon = Epsilon, Delta = Delta }, maxSavers: 2);

    [Fact]
    public void Run_SixSaversWithoutLabels_KeepsThePromiseOfAgreement() => Simulate(
        SixSavers, 2500, new CertifiedRule { Epsilon = 0.02, Delta = Delta }, labelled: false);

    /// <summary>Ten images that all exit or all don't: every outcome is searched, and those that are certified are summed by their probability.</summary>
    [Fact]
    public void Run_EveryOutcomeOfTenImages_IsCertifiedWithAtMostDelta()
    {
        const int samples = 10;
        var rule = new CertifiedRule { Epsilon = 0.01, Delta = 0.005 };
        List<(int Losses, int Gains)> certified = [];
        for (int losses = 0; losses <= samples; losses++)
        {
            for (int gains = 0; gains <= samples - losses; gains++)
            {
                // Class 0 is the truth: the first images are losses, the next gains.
                int[] saver = [.. Enumerable.Range(0, samples).Select(i => i < losses ? 1 : 0)];
                int[] large = [.. Enumerable.Range(0, samples).Select(i => i >= losses && i < losses + gains ? 1 : 0)];
                var column = new ConfidenceColumn(ConfidenceMeasure.Margin, 1, Enumerable.Repeat(1f, samples).ToArray());
                var input = new SearchInput(new ModelPredictions("large", 10, large), [new SaverPredictions("s", 1, saver, [column])], new int[samples]);
                if (CascadeSearch.Run(input, rule).Choice is not null)
                    certified.Add((losses, gains));
            }
        }

        Assert.NotEmpty(certified);
        for (int step = 0; step <= 500; step++)
        {
            double gain = 0.5 * (1 - rule.Epsilon) * step / 500;
            double loss = gain + rule.Epsilon;
            double falsely = certified.Sum(c => Math.Exp(
                Binomial.LogProbability(c.Gains, samples, gain) + Binomial.LogProbability(c.Losses, samples - c.Gains, Math.Min(1, loss / (1 - gain)))));
            Assert.InRange(falsely, 0, rule.Delta);
        }
    }

    private void Simulate(Population population, int samples, CertifiedRule rule, int maxSavers = 1, bool labelled = true, bool paper = false)
    {
        var certified = new Tally();
        var ofPaper = new Tally();
        var options = new SearchOptions { CurvePoints = 2, MaxSavers = maxSavers };
        for (int draw = 0; draw < Draws; draw++)
        {
            SearchInput input = population.Draw(samples, draw, labelled);
            Count(certified, CascadeSearch.Run(input, rule, options));
            if (paper)
                Count(ofPaper, CascadeSearch.Run(input, new PaperRule(), options));
        }

        string risk = labelled ? "accuracy drop" : "disagreement";
        output.WriteLine($"{Draws} draws of {samples} images, promise: {risk} <= {rule.Epsilon} with probability {1 - rule.Delta}");
        output.WriteLine($"  certified: broken in {certified.Broken} ({100.0 * certified.Broken / Draws:F1} %), mean delta-C {certified.MeanDeltaC:F3}, none in {certified.None}, chains {certified.Chains}");
        if (paper)
            output.WriteLine($"  paper:     broken in {ofPaper.Broken} ({100.0 * ofPaper.Broken / Draws:F1} %), mean delta-C {ofPaper.MeanDeltaC:F3}, none in {ofPaper.None}");


        Assert.True(certified.Broken <= MostBroken, $"broken in {certified.Broken} of {Draws} draws; {MostBroken} are within chance of δ");
        Assert.True(certified.None < 0.2 * Draws, "a rule that recommends nothing keeps every promise");
        Assert.True(maxSavers == 1 || certified.Chains > 50, "chains were hardly ever chosen");

        // The promise is worth something only where it can be broken: letting everything exit must break it.
        Assert.All(Enumerable.Range(0, population.Savers), s => Assert.True(Risk(EverythingExits(s)) > rule.Epsilon));

        double Risk(IReadOnlyList<SaverSetting> stages) => labelled ? population.TrueDrop(stages) : population.TrueDisagreement(stages);

        void Count(Tally tally, SearchResult result)
        {
            if (result.Choice is null)
            {
                tally.None++;
                return;
            }

            tally.Broken += Risk(result.Choice.Savers) > rule.Epsilon ? 1 : 0;
            tally.Chains += result.Choice.Savers.Count > 1 ? 1 : 0;
            tally.MeanDeltaC += population.TrueDeltaC(result.Choice.Savers) / Draws;
        }
    }

    private static IReadOnlyList<SaverSetting> EverythingExits(int saver) => [new SaverSetting($"s{saver}", default, 1, 0, 0.1)];

    private sealed class Tally
    {
        public int Broken, None, Chains;
        public double MeanDeltaC;
    }
}
