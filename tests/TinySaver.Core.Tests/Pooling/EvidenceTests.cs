using TinySaver.Core.Failures;
using TinySaver.Core.Pooling;

namespace TinySaver.Core.Tests.Pooling;

public sealed class EvidenceTests
{
    [Fact]
    public void Of_AnyProbabilities_KeepsTheLikeliestAndOfEqualOnesTheLowestClasses()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int[] classes = [.. Enumerable.Range(0, 1 + random.Next(100))];
            random.Shuffle(classes);

            // Few values, so that many are equal, as those of a quantised model are.
            float[] probabilities = [.. classes.Select(_ => random.Next(8) / 8f)];
            (float First, int Second)[] expected = [.. probabilities.Zip(classes).OrderByDescending(c => c.First).ThenBy(c => c.Second).Take(20)];

            var evidence = Evidence.Of(probabilities, classes, "m");

            Assert.Equal(expected.Select(c => c.Second), evidence.Classes);
            Assert.Equal(expected.Select(c => c.First), evidence.Probabilities);
            evidence.Check(Math.Max(2, classes.Length));
        }
    }

    [Fact]
    public void Of_NoMapping_NamesTheOutputs()
    {
        var evidence = Evidence.Of([0.1f, 0.7f, 0.2f], [], null);
        Assert.Equal([1, 2, 0], evidence.Classes);
        Assert.Equal([0.7f, 0.2f, 0.1f], evidence.Probabilities);
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, new[] { 0.5f }, "2 classes and 1 probabilities")]
    [InlineData(new int[0], new float[0], "0 classes")]
    [InlineData(new[] { 0, 12 }, new[] { 0.5f, 0.1f }, "names the class 12")]
    [InlineData(new[] { -1 }, new[] { 0.5f }, "names the class -1")]
    [InlineData(new[] { 3, 3 }, new[] { 0.5f, 0.1f }, "twice")]
    [InlineData(new[] { 3 }, new[] { float.NaN }, "NaN")]
    [InlineData(new[] { 3 }, new[] { 1.5f }, "1.5")]
    public void Check_EvidenceThatNoModelGives_IsRefused(int[] classes, float[] probabilities, string message) => Assert.Contains(
        message, Assert.Throws<TinySaverException>(() => new Evidence(null, classes, probabilities).Check(12)).Message, StringComparison.Ordinal);
}
