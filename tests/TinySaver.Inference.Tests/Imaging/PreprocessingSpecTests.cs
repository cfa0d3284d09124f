using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Tests.Imaging;

public sealed class PreprocessingSpecTests
{
    [Theory]
    [InlineData(640, 480, 256, 341, 256)]
    [InlineData(480, 640, 256, 256, 341)]
    [InlineData(256, 256, 256, 256, 256)]
    [InlineData(1000, 3, 8, 2666, 8)]
    [InlineData(3, 1000, 8, 8, 2666)]
    public void OutputSize_ShortestEdge_CutsTheLongerSideToWholePixels(int width, int height, int edge, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), ResizeRule.ShortestEdge(edge).OutputSize(width, height));

    [Fact]
    public void OutputSize_AbsurdAspectRatio_IsAPermanentFailure()
    {
        PermanentFailureException failure = Assert.Throws<PermanentFailureException>(() => ResizeRule.ShortestEdge(224).OutputSize(1, 60_000_000));
        Assert.Contains("1×60000000", failure.Message, StringComparison.Ordinal);
    }

    // Python: (a - b) // 2 for the first, int(round((a - b) / 2.0)) and -((b - a) // 2) for the second.
    [Theory]
    [InlineData(10, 4, 3, 3)]
    [InlineData(11, 4, 3, 4)]
    [InlineData(9, 4, 2, 2)]
    [InlineData(4, 4, 0, 0)]
    [InlineData(5, 4, 0, 0)]
    [InlineData(7, 4, 1, 2)]
    [InlineData(4, 9, -3, -2)]
    [InlineData(4, 10, -3, -3)]
    public void Left_BothOffsets_MatchTheirPythonDefinitions(int size, int crop, int floor, int halfToEven)
    {
        Assert.Equal(floor, new CenterCrop(crop, 1).Left(size));
        Assert.Equal(floor, new CenterCrop(1, crop).Top(size));
        Assert.Equal(halfToEven, new CenterCrop(crop, 1, CropOffset.HalfToEven).Left(size));
        Assert.Equal(halfToEven, new CenterCrop(1, crop, CropOffset.HalfToEven).Top(size));
    }

    [Fact]
    public void Create_ShortestEdgeAndCrop_HasTheCropsShape()
    {
        var spec = new PreprocessingSpec(ResizeRule.ShortestEdge(256), new CenterCrop(224, 192));
        Assert.Equal((224, 192, 3 * 224 * 192), (spec.InputWidth, spec.InputHeight, spec.TensorLength));
        Assert.Equal(1f / 255f, spec.RescaleFactor);
    }

    [Fact]
    public void Create_SameParts_AreEqual()
    {
        static PreprocessingSpec New(int edge) => new PreprocessingSpec(
            ResizeRule.ShortestEdge(edge), new CenterCrop(224, 224), ResampleFilter.Bicubic, mean: new(0.5f, 0.5f, 0.5f), std: new(0.5f, 0.5f, 0.5f));
        Assert.Equal(New(256), New(256));
        Assert.NotEqual(New(256), New(255));
    }

    [Fact]
    public void Create_ShapeThatDependsOnTheImage_IsRefused()
    {
        Assert.Contains("no centre crop", Refused(() => new PreprocessingSpec(ResizeRule.ShortestEdge(224))), StringComparison.Ordinal);
        Assert.Contains("no resize", Refused(() => new PreprocessingSpec(null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ImpossibleValues_AreRefusedByName()
    {
        var size = ResizeRule.Exact(8, 8);
        Assert.Contains("rescale factor is NaN", Refused(() => new PreprocessingSpec(size, rescaleFactor: float.NaN)), StringComparison.Ordinal);
        Assert.Contains("rescale factor is 0", Refused(() => new PreprocessingSpec(size, rescaleFactor: 0)), StringComparison.Ordinal);
        Assert.Contains("standard deviation", Refused(() => new PreprocessingSpec(size, std: new(1, 0, 1))), StringComparison.Ordinal);
        Assert.Contains("mean", Refused(() => new PreprocessingSpec(size, mean: new(float.PositiveInfinity, 0, 1))), StringComparison.Ordinal);
        Assert.Contains("resample filter is 1", Refused(() => new PreprocessingSpec(size, filter: (ResampleFilter)1)), StringComparison.Ordinal);
        Assert.Contains("crop width is 0", Refused(() => new PreprocessingSpec(size, new CenterCrop(0, 1))), StringComparison.Ordinal);
        Assert.Contains("shortest edge is -5", Refused(() => new PreprocessingSpec(ResizeRule.ShortestEdge(-5))), StringComparison.Ordinal);
    }

    private static string Refused(Func<object> create) => Assert.Throws<TinySaverException>(create).Message;
}
