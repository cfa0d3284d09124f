using TinySaver.Calibration.Evaluation;

namespace TinySaver.Calibration.Tests.Evaluation;

public sealed class ClassCountsTests
{
    [Fact]
    public void Of_MoreClassesThanAreCounted_AreTheMostFrequentByIndex()
    {
        // Class c occurs c times, so of 0 to 29 the last twenty are the most frequent.
        int[] classes = [.. Enumerable.Range(0, 30).SelectMany(c => Enumerable.Repeat(c, c))];

        IReadOnlyDictionary<int, int> counts = ClassCounts.Of(classes);

        Assert.Equal(Enumerable.Range(10, 20), counts.Keys);
        Assert.Equal(counts.Keys, counts.Values);
    }
}
