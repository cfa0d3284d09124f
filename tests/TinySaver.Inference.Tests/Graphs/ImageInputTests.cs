using TinySaver.Inference.Graphs;
using TinySaver.Inference.Imaging;
using DataType = TinySaver.Inference.Graphs.TensorProto.Types.DataType;

namespace TinySaver.Inference.Tests.Graphs;

public sealed class ImageInputTests
{
    [Theory]
    [InlineData("batch, 3, 224, 192", TensorLayout.Nchw, null, 224, 192)]
    [InlineData("1, 3, height, width", TensorLayout.Nchw, 1, null, null)]
    [InlineData("4, 224, 192, 3", TensorLayout.Nhwc, 4, 224, 192)]
    [InlineData("-1, 0, 0, 3", TensorLayout.Nhwc, null, null, null)]
    [InlineData("batch_size, num_channels, height, width", TensorLayout.Nchw, null, null, null)]
    [InlineData("batch_size, height, width, num_channels", TensorLayout.Nhwc, null, null, null)]
    public void Of_Dimensions_GiveLayoutAndSize(string dimensions, TensorLayout layout, int? batch, int? height, int? width)
    {
        ImageInput input = Of(new GraphBuilder().Input("x", dimensions));

        Assert.Equal(new ImageInput("x", DataType.Float, layout, batch, height, width), input);
    }

    [Fact]
    public void Of_InitializerListedAsInput_IsNotAnInput()
    {
        GraphBuilder builder = new GraphBuilder().Input("x", "1, 3, 8, 8").Input("weights", "4, 3");
        builder.Weights("weights", 4, 3);

        Assert.Equal("x", Of(builder).Name);
    }

    [Theory]
    [InlineData("batch, 1, 28, 28", "x: Float[batch, 1, 28, 28]; expected three colour channels")]
    [InlineData("batch, 784", "expected four dimensions")]
    [InlineData("4294967296, 3, 28, 28", "x: Float[4294967296, 3, 28, 28]; expected dimensions of an image")]
    public void Of_NoRgbImages_IsRefused(string dimensions, string expected) => Assert.Contains(
        expected, Assert.Throws<InvalidModelException>(() => Of(new GraphBuilder().Input("x", dimensions))).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_TwoInputs_IsRefused() => Assert.Contains(
        "has 2 inputs (x: Float[1, 3, 8, 8], y: Int64[1])",
        Assert.Throws<InvalidModelException>(() => Of(new GraphBuilder().Input("x", "1, 3, 8, 8").Input("y", "1", DataType.Int64))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Of_Bytes_IsRefused() => Assert.Contains(
        "of type Uint8; float32 and float16 are supported",
        Assert.Throws<InvalidModelException>(() => Of(new GraphBuilder().Input("x", "1, 3, 8, 8", DataType.Uint8))).Message,
        StringComparison.Ordinal);

    private static ImageInput Of(GraphBuilder builder) => ImageInput.Of(OnnxGraph.FromModel(builder.Build()), "model.onnx");
}
