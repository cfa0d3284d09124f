using FsCheck;
using FsCheck.Fluent;
using TinySaver.Calibration.Search;

namespace TinySaver.Calibration.Tests.Search;

public sealed class SampleSplitTests
{
    [Fact]
    public void Draw_AnySize_DividesAllImagesOnce() => Prop.ForAll(
        Gen.Choose(0, 500).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (samples, percent, seed) =>
        {
            int selecting = samples * percent / 100;
            var split = SampleSplit.Draw(samples, [], selecting, (ulong)seed);
            bool all = split.Selection.Concat(split.Certification).Order().SequenceEqual(Enumerable.Range(0, samples));
            return all && split.Selection.Count == selecting;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Draw_AnotherSeed_DividesOtherwise()
    {
        IReadOnlyList<int> one = SampleSplit.Draw(1000, [], 500, 1).Selection;
        IReadOnlyList<int> other = SampleSplit.Draw(1000, [], 500, 2).Selection;

        // Independent halves share a quarter of all images, give or take five standard deviations of 8.
        Assert.InRange(one.Intersect(other).Count(), 210, 290);
        Assert.Equal(one, SampleSplit.Draw(1000, [], 500, 1).Selection);
    }
}
