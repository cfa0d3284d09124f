using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Tests.Sweeps;

public sealed class ThresholdGridTests
{
    [Fact]
    public void LogitSpaced_Always_FallsFromOneToZeroAndIsDenseNearOne()
    {
        IReadOnlyList<double> grid = ThresholdGrid.LogitSpaced;

        Assert.Equal(1, grid[0]);
        Assert.Equal(0, grid[^1]);
        Assert.True(grid.Zip(grid.Skip(1), (high, low) => high > low).All(falls => falls));
        Assert.True(grid.Count(t => t > 0.999) > 150);
        Assert.True(grid.Zip(grid.Skip(1), (high, low) => high - low).Max() < 0.013);
    }

    [Fact]
    public void Quantiles_AnyImages_FallStrictlyToZero() => Prop.ForAll(Cases.Arbitrary, Gen.Choose(1, 120).ToArbitrary(), (images, steps) =>
    {
        IReadOnlyList<double> grid = ThresholdGrid.Quantiles(Sweep.Of(images.Confidences, images.Outcomes), steps);
        return grid.Count <= steps + 1 && grid[^1] == 0 && grid.Zip(grid.Skip(1), (high, low) => high > low).All(falls => falls);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantiles_DistinctConfidences_LetEqualSharesExit()
    {
        float[] confidences = [.. Enumerable.Range(1, 1000).Select(i => i / 1000f)];
        SweepCurve curve = Sweep.Of(confidences, new PairedOutcome[1000]);

        IReadOnlyList<double> grid = ThresholdGrid.Quantiles(curve, 10);

        Assert.Equal([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1000], grid.Select(t => curve.At(t).Exited));
    }

    [Fact]
    public void LastCertified_FailureInTheMiddle_StopsThereAndAsksNoFurther()
    {
        var asked = new List<int>();
        bool[] certifies = [true, true, false, true];

        int last = FixedSequence.LastCertified(certifies.Length, i =>
        {
            asked.Add(i);
            return certifies[i];
        });

        Assert.Equal(1, last);
        Assert.Equal([0, 1, 2], asked);
        Assert.Equal(-1, FixedSequence.LastCertified(3, _ => false));
        Assert.Equal(2, FixedSequence.LastCertified(3, _ => true));
    }
}
