using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Tests.Sweeps;

public sealed class SweepTests
{
    private const PairedOutcome BothRight = PairedOutcome.SaverCorrect | PairedOutcome.LargeCorrect;
    private const PairedOutcome Loss = PairedOutcome.LargeCorrect | PairedOutcome.Disagree;
    private const PairedOutcome Gain = PairedOutcome.SaverCorrect | PairedOutcome.Disagree;

    [Fact]
    public void Of_SixImagesWithATie_CountsByHand()
    {
        float[] confidences = [0.5f, 0.9f, 0.7f, 0.7f, 0.2f, 1f];
        PairedOutcome[] outcomes = [Gain, BothRight, Loss, PairedOutcome.Disagree, PairedOutcome.None, BothRight];

        SweepCurve curve = Sweep.Of(confidences, outcomes);

        Assert.Equal(
            [
                new SweepPoint(1f, 1, 1, 1, 0, 0),
                new SweepPoint(0.9f, 2, 2, 2, 0, 0),
                new SweepPoint(0.7f, 4, 2, 3, 1, 2),
                new SweepPoint(0.5f, 5, 3, 3, 1, 3),
                new SweepPoint(0.2f, 6, 3, 3, 1, 3),
            ],
            curve.Points.ToArray());
        Assert.Equal(1, curve.At(0.5f).Gains);
        Assert.Equal(1, curve.At(0.7f).NetLosses);
        Assert.Equal(4, curve.At(0.6).Exited);
        Assert.Equal(curve.NothingExits, curve.At(1.01));
        Assert.Equal(6, curve.At(0).Exited);
    }

    [Fact]
    public void Of_AnyImages_AgreesWithCountingEachThreshold() => Prop.ForAll(Cases.Arbitrary, images =>
    {
        SweepCurve curve = Sweep.Of(images.Confidences, images.Outcomes);
        double[] thresholds = [0, 0.25, 0.5, 1, .. images.Confidences.Select(c => (double)c)];
        return thresholds.All(t => curve.At(t) with { Threshold = 0 } == Count(images, t))
            && curve.Points.Length == images.Confidences.Distinct().Count();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_NegativeZeroAndZero_AreOneThreshold()
    {
        SweepCurve curve = Sweep.Of([0f, -0f], [BothRight, Loss]);

        Assert.Equal(1, curve.Points.Length);
        Assert.Equal(2, curve.At(0).Exited);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.0001f)]
    [InlineData(-0.1f)]
    public void Of_ConfidenceOutOfRange_Throws(float confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sweep.Of([0.5f, confidence], [BothRight, BothRight]));

    [Fact]
    public void Of_NoImages_HasNoPoints() => Assert.Equal(new SweepPoint(float.PositiveInfinity, 0, 0, 0, 0, 0), Sweep.Of([], []).At(0));

    private static SweepPoint Count(Cases.Images images, double threshold)
    {
        var count = default(SweepPoint);
        for (int i = 0; i < images.Confidences.Length; i++)
        {
            if (!(images.Confidences[i] >= threshold))
                continue;

            bool saver = images.Outcomes[i].HasFlag(PairedOutcome.SaverCorrect);
            bool large = images.Outcomes[i].HasFlag(PairedOutcome.LargeCorrect);
            count = new SweepPoint(
                0,
                count.Exited + 1,
                count.SaverCorrect + (saver ? 1 : 0),
                count.LargeCorrect + (large ? 1 : 0),
                count.Losses + (large && !saver ? 1 : 0),
                count.Disagreements + (images.Outcomes[i].HasFlag(PairedOutcome.Disagree) ? 1 : 0));
        }

        return count;
    }
}
