using FsCheck;
using FsCheck.Fluent;
using TinySaver.Core.Search;

namespace TinySaver.Core.Tests.Search;

public sealed class SampleSplitTests
{
    [Fact]
    public void Draw_AnySize_DividesAllImagesOnce() => Prop.ForAll(
        Gen.Choose(0, 500).ToArbitrary(), Gen.Choose(1, 99).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (samples, percent, seed) =>
        {
            SampleSplit split = SampleSplit.Draw(samples, [], percent / 100.0, (ulong)seed);
            bool all = split.Selection.Concat(split.Certification).Order().SequenceEqual(Enumerable.Range(0, samples));
            bool bothSides = samples < 2 || (split.Selection.Count > 0 && split.Certification.Count > 0);
            return all && bothSides && Math.Abs(split.Selection.Count - (samples * percent / 100.0)) <= 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Draw_AnotherSeed_DividesOtherwise()
    {
        IReadOnlyList<int> one = SampleSplit.Draw(1000, [], 0.5, 1).Selection;
        IReadOnlyList<int> other = SampleSplit.Draw(1000, [], 0.5, 2).Selection;

        // Independent halves share a quarter of all images, give or take five standard deviations of 8.
        Assert.InRange(one.Intersect(other).Count(), 210, 290);
        Assert.Equal(one, SampleSplit.Draw(1000, [], 0.5, 1).Selection);
    }
}
