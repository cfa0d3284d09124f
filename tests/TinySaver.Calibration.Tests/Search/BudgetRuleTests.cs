using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Calibration.Tests.Sweeps;

namespace TinySaver.Calibration.Tests.Search;

public sealed class BudgetRuleTests
{
    private const PairedOutcome BothRight = PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect;
    private const PairedOutcome Loss = PairedOutcome.LargeCorrect | PairedOutcome.Disagree;

    [Fact]
    public void BestPoint_AnyImages_HasTheLeastHarmOfAllAllowedThresholds() => Prop.ForAll(
        Cases.Arbitrary, Gen.Choose(0, 20).Select(k => k / 20.0).ToArbitrary(), (images, rate) =>
        {
            SweepCurve curve = Sweep.Of(images.Confidences, images.Outcomes);
            SweepPoint choice = new BudgetRule(rate).BestPoint(curve, labelled: true);
            SweepPoint agreeing = new BudgetRule(rate).BestPoint(curve, labelled: false);
            IEnumerable<SweepPoint> allowed = images.Confidences.Select(c => curve.At(c)).Append(curve.NothingExits)
                .Where(p => curve.Samples - p.Exited <= (rate * curve.Samples) + 1e-9);
            return allowed.Contains(choice)
                && allowed.All(p => choice.NetLosses < p.NetLosses || (choice.NetLosses == p.NetLosses && choice.Exited >= p.Exited))
                && allowed.All(p => agreeing.Disagreements <= p.Disagreements);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void BestPoint_RateThatRoundsBelowAWholeNumber_AllowsThatNumber()
    {
        // .29 · 100 is 28.999999999999996; the least sure 29 are wrong only at the saver.
        SweepCurve curve = Sweep.Of(
            [.. Enumerable.Range(0, 100).Select(i => (i + 1) / 100f)], [.. Enumerable.Range(0, 100).Select(i => i < 29 ? Loss : BothRight)]);

        Assert.Equal(71, new BudgetRule(0.29).BestPoint(curve, labelled: true).Exited);
    }
}
