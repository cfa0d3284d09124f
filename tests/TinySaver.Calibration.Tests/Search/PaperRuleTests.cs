using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Calibration.Tests.Sweeps;

namespace TinySaver.Calibration.Tests.Search;

public sealed class PaperRuleTests
{
    private const PairedOutcome BothRight = PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect;
    private const PairedOutcome Loss = PairedOutcome.LargeCorrect | PairedOutcome.Disagree;
    private const PairedOutcome Gain = PairedOutcome.SaverCorrect | PairedOutcome.Disagree;

    [Fact]
    public void Choose_AnyImages_AgreesWithTheNaiveProcedure() => Prop.ForAll(Cases.Arbitrary, images =>
        PaperRule.Choose(Sweep.Of(images.Confidences, images.Outcomes)) == Naive(images))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Choose_AccuracyFalls_IsTheThresholdWhereItHasFallen()
    {
        // The loss exits from 0.8 on; the gain at 0.9 balances it, the second loss at 0.6 does not.
        SweepCurve curve = Sweep.Of([0.95f, 0.9f, 0.8f, 0.6004f], [BothRight, Gain, Loss, Loss]);

        Assert.Equal(0.6, PaperRule.Choose(curve));
    }

    [Fact]
    public void Choose_LossAtConfidenceOne_StopsAtOnce() => Assert.Equal(1, PaperRule.Choose(Sweep.Of([1f, 0.9f], [Loss, BothRight])));

    [Fact]
    public void Choose_NeverFalls_IsTheLastScanned() => Assert.Equal(0.001, PaperRule.Choose(Sweep.Of([0.9f, 0.0005f], [BothRight, Loss])));

    [Fact]
    public void Choose_NoImages_IsTheLastScanned() => Assert.Equal(0.001, PaperRule.Choose(Sweep.Of([], [])));

    // The reference's match_performance re-stated step by step, with accuracies as fractions and our ≥.
    private static double Naive(Cases.Images images)
    {
        double last = double.NaN;
        for (int k = 1000; k >= 1; k--)
        {
            double t = k / 1000.0;
            last = t;
            bool[] exits = [.. images.Confidences.Select(c => (double)c >= t)];
            int exited = exits.Count(e => e);
            int saverRight = images.Outcomes.Where((o, i) => exits[i] && o.HasFlag(PairedOutcome.SaverCorrect)).Count();
            int largeRight = images.Outcomes.Where((o, i) => exits[i] && o.HasFlag(PairedOutcome.LargeCorrect)).Count();
            double saverAccuracy = exited > 0 ? (double)saverRight / exited : 0;
            double largeAccuracy = exited > 0 ? (double)largeRight / exited : 0;
            if (saverAccuracy < largeAccuracy)
                return t;
        }

        return last;
    }
}
