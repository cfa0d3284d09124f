using TinySaver.Inference.Imaging;

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
        GoldenCase golden = GoldenCase.All.Single(c => c.Title == title);
        byte[] expected = golden.ExpectedPixels();

        float[] actual = golden.Actual();

        Assert.Equal(golden.Width * golden.Height * 3, actual.Length);
        Assert.Equal((0, 0), Differences(expected, actual));
    }

    // The decoders' own difference, reported apart: both are libjpeg-turbo with the accurate IDCT and smooth chroma upsampling, but of
    // different versions and builds (SIMD or not). Measured with Pillow's 2.1.5 and SkiaSharp 4.154's 3.1.4: no difference at all.
    // One level is allowed, so that an update of either may round elsewhere.
    [Theory]
    [MemberData(nameof(Jpeg))]
    public void Write_Jpeg_StaysWithinOneLevelOfPillow(string title)
    {
        GoldenCase golden = GoldenCase.All.Single(c => c.Title == title);

        (int largest, int different) = Differences(golden.ExpectedPixels(), golden.Actual());

        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {largest}, different values {different}");
        Assert.InRange(largest, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Write_OtherLayout_HoldsTheSameValuesInPlanes(string title)
    {
        GoldenCase golden = GoldenCase.All.Single(c => c.Title == title);
        float[] interleaved = golden.Actual(TensorLayout.Nhwc);
        float[] planes = golden.Actual(TensorLayout.Nchw);

        int area = golden.Width * golden.Height;
        for (int i = 0; i < interleaved.Length; i++)
            Assert.Equal(interleaved[i], planes[(i % 3 * area) + (i / 3)]);
    }

    private static (int Largest, int Count) Differences(byte[] expected, float[] actual)
    {
        (int largest, int count) = (0, 0);
        for (int i = 0; i < expected.Length; i++)
        {
            float difference = Math.Abs(expected[i] - actual[i]);
            largest = Math.Max(largest, (int)Math.Ceiling(difference));
            count += difference > 0 ? 1 : 0;
        }

        return (largest, count);
    }
}
