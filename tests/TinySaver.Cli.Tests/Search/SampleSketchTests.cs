using TinySaver.Cli.Search;

namespace TinySaver.Cli.Tests.Search;

public sealed class SampleSketchTests
{
    private static ulong[] Keys(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public void Overlap_SameImages_IsWhole(int count) => Assert.Equal(1, SampleSketch.Overlap(SampleSketch.Make(Keys(1, count)), Keys(1, count)));

    [Fact]
    public void Overlap_OtherImages_IsNone() => Assert.Equal(0, SampleSketch.Overlap(SampleSketch.Make(Keys(1, 5000)), Keys(2, 5000)));

    [Fact]
    public void Overlap_HalfTheImages_IsAboutAHalf() =>
        Assert.InRange(SampleSketch.Overlap(SampleSketch.Make(Keys(1, 4000)), [.. Keys(1, 2000), .. Keys(2, 2000)]), 0.4, 0.6);

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    public void Overlap_UnreadableSketch_IsNone(string sketch) => Assert.Equal(0, SampleSketch.Overlap(sketch, Keys(1, 10)));

    [Fact]
    public void Hash_AnotherOrder_IsTheSame()
    {
        ulong[] keys = Keys(3, 100);
        Assert.Equal(SampleSketch.Hash(keys), SampleSketch.Hash([.. keys.Reverse()]));
        Assert.NotEqual(SampleSketch.Hash(keys), SampleSketch.Hash(keys[1..]));
    }
}
