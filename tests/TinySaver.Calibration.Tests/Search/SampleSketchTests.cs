using System.Runtime.InteropServices;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Tests.Search;

public sealed class SampleSketchTests
{
    private static ulong[] Keys(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64() << 1)];
    }

    private static double Overlap(ulong[] calibration, ulong[] test) =>
        SampleSketch.Overlap(new PolicyProvenance { CalibrationSample = SampleSketch.Make(calibration) }, test);

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public void Overlap_SameImages_IsWhole(int count) => Assert.Equal(1, Overlap(Keys(1, count), Keys(1, count)));

    [Fact]
    public void Overlap_OtherImages_IsNone() => Assert.Equal(0, Overlap(Keys(1, 5000), Keys(2, 300_000)));

    [Fact]
    public void Overlap_HalfTheImages_IsAboutAHalf() => Assert.InRange(Overlap(Keys(1, 4000), [.. Keys(1, 2000), .. Keys(2, 2000)]), 0.3, 0.7);

    [Fact]
    public void Overlap_FivePercentOfTheImages_IsSeenNineTimesInTen()
    {
        // 1 − 0.95^48 = 91 %, give or take two and a half standard deviations of 2 %.
        int seen = Enumerable.Range(0, 200).Count(seed => Overlap(Keys(seed, 1000), Keys(seed, 50)) > 0);
        Assert.InRange(seen, 172, 194);
    }

    [Fact]
    public void Overlap_SketchOfTheFirstVersion_IsStillRead()
    {
        // The 512 smallest keys whole, little-endian, as policies had them until the sketch was shortened.
        string sketch = Convert.ToBase64String(MemoryMarshal.AsBytes<ulong>(Keys(1, 4000).Order().Take(512).ToArray()));
        var provenance = new PolicyProvenance { CalibrationSketch = sketch };
        Assert.Equal(1, SampleSketch.Overlap(provenance, Keys(1, 4000)));
        Assert.InRange(SampleSketch.Overlap(provenance, Keys(1, 2000)), 0.4, 0.6);
        Assert.Equal(0, SampleSketch.Overlap(provenance, Keys(2, 4000)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    public void Overlap_UnreadableSketch_IsNone(string sketch)
    {
        Assert.Equal(0, SampleSketch.Overlap(new PolicyProvenance { CalibrationSample = sketch }, Keys(1, 10)));
        Assert.Equal(0, SampleSketch.Overlap(new PolicyProvenance { CalibrationSketch = sketch }, Keys(1, 10)));
        Assert.Equal(0, SampleSketch.Overlap(null, Keys(1, 10)));
    }

    [Fact]
    public void Make_ManyImages_StaysOneShortLine() => Assert.Equal(320, SampleSketch.Make(Keys(1, 10_000)).Length);

    [Fact]
    public void Hash_AnotherOrder_IsTheSame()
    {
        ulong[] keys = Keys(3, 100);
        Assert.Equal(SampleSketch.Hash(keys), SampleSketch.Hash([.. keys.Reverse()]));
        Assert.NotEqual(SampleSketch.Hash(keys), SampleSketch.Hash(keys[1..]));
    }
}
