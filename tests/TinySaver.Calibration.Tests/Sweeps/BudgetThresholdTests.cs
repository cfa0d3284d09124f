using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Tests.Sweeps;

public sealed class BudgetThresholdTests
{
    [Fact]
    public void Choose_AnyImages_HasTheLeastHarmOfAllAllowedThresholds() => Prop.ForAll(
        Cases.Arbitrary, Gen.Choose(0, 20).Select(k => k / 20.0).ToArbitrary(), (images, rate) =>
        {
            SweepCurve curve = Sweep.Of(images.Confidences, images.Outcomes);
            SweepPoint choice = BudgetThreshold.Choose(curve, rate, labelled: true);
            SweepPoint agreeing = BudgetThreshold.Choose(curve, rate, labelled: false);
            IEnumerable<SweepPoint> allowed = images.Confidences.Select(c => curve.At(c)).Append(SweepPoint.NothingExits)
                .Where(p => curve.Samples - p.Exited <= (rate * curve.Samples) + 1e-9);
            return allowed.Contains(choice)
                && allowed.All(p => choice.NetLosses < p.NetLosses || (choice.NetLosses == p.NetLosses && choice.Exited >= p.Exited))
                && allowed.All(p => agreeing.Disagreements <= p.Disagreements);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Choose_RateOutOfRange_Throws(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetThreshold.Choose(Sweep.Of([], []), rate, true));
}
