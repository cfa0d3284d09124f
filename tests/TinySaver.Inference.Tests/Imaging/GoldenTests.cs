namespace TinySaver.Inference.Tests.Imaging;

/// <summary>Parity with Pillow 9.4; the files come from Golden/make_golden.py.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Lossless => [.. GoldenCase.All.Where(c => !c.Lossy).Select(c => c.Title)];

    public static TheoryData<string> Jpeg => [.. GoldenCase.All.Where(c => c.Lossy).Select(c => c.Title)];

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Write_LosslessImage_EqualsPillowToTheBit(string title)
    {
        var golden = GoldenCase.All.Single(c => c.Title == title);
        var expected = golden.ExpectedPixels();

        var actual = golden.Actual();

        Assert.Equal(golden.Width * golden.Height * 3, actual.Length);
        Assert.Equal((0, 0), Differences(expected, actual));
    }

    [Theory]
    [MemberData(nameof(Jpeg))]
    public void Write_Jpeg_StaysWithinDecoderDifferenceOfPillow(string title)
    {
        var golden = GoldenCase.All.Single(c => c.Title == title);
        var (largest, different) = Differences(golden.ExpectedPixels(), golden.Actual());
        TestContext.Current.TestOutputHelper?.WriteLine($"{title}: largest difference {largest}, {different} values differ");
        Assert.Equal((0, 0), (largest, different));
    }

    private static (int Largest, int Count) Differences(byte[] expected, float[] actual)
    {
        var (largest, count) = (0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            largest = Math.Max(largest, (int)Math.Ceiling(difference));
            count += difference > 0 ? 1 : 0;
        }

        return (largest, count);
    }
}
