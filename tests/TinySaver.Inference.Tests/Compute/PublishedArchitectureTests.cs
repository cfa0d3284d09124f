using TinySaver.Inference.Compute;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Tests.Graphs;

namespace TinySaver.Inference.Tests.Compute;

/// <summary>Counts of known architectures, built here layer by layer without weights, against what their authors published.</summary>
public sealed class PublishedArchitectureTests
{
    private readonly GraphBuilder _graph = new GraphBuilder().Input("x", "batch, 3, height, width");
    private int _layers;

    // Howard et al. 2017, arXiv 1704.04861, table 8: 569 million mult-adds, 4.2 million parameters; 325 and 2.6 at width 0.75.
    // The exact number of parameters is what Keras and torch implementations report as trainable.
    [Theory]
    [InlineData(1.0, 224, 569, 4_231_976)]
    [InlineData(0.75, 224, 325, 2_585_560)]
    [InlineData(0.5, 160, 76, 1_331_592)]
    public void Count_MobileNetV1_IsThePublishedCount(double width, int side, int megaMacs, long parameters)
    {
        int channels = (int)(32 * width);
        string value = ConvolutionWithNorm("x", 3, channels, 3, 2);
        foreach ((int multiple, int stride) in (ReadOnlySpan<(int, int)>)
            [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)])
        {
            int next = (int)(multiple * width);
            value = ConvolutionWithNorm(value, channels, channels, 3, stride, channels);
            value = ConvolutionWithNorm(value, channels, next, 1, 1);
            channels = next;
        }

        FullyConnected(Pooled(value), channels, 1000);
        ComputeCost cost = Count(side);

        Assert.Equal(megaMacs, Math.Round(cost.Macs / 1e6), 1.0);
        Assert.Equal(parameters, cost.Parameters);
    }

    // He et al. 2015, arXiv 1512.03385, table 1: 1.8 × 10⁹ multiply-adds; torchvision's model page: 11,689,512 parameters, 1.81 G.
    [Fact]
    public void Count_ResNet18_IsThePublishedCount()
    {
        string value = ConvolutionWithNorm("x", 3, 64, 7, 2);
        value = _graph.Node("MaxPool", [value], Next(), ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }));
        int channels = 64;
        foreach ((int next, int stride) in (ReadOnlySpan<(int, int)>)[(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)])
        {
            string block = ConvolutionWithNorm(ConvolutionWithNorm(value, channels, next, 3, stride), next, next, 3, 1);
            string shortcut = channels == next ? value : ConvolutionWithNorm(value, channels, next, 1, stride);
            value = _graph.Node("Add", [block, shortcut], Next());
            channels = next;
        }

        FullyConnected(Pooled(value), channels, 1000);
        ComputeCost cost = Count(224);

        Assert.Equal(1.81, cost.Macs / 1e9, 0.005);
        Assert.Equal(11_689_512, cost.Parameters);
    }

    // Touvron et al. 2020, arXiv 2012.12877, table 1: DeiT-Ti has 5.7 million parameters (5,717,416 in timm), and timm's results list 1.26
    // billion multiply-accumulates, in which its counter includes the layer norms: our count must be at most that and within 1 %.
    [Fact]
    public void Count_VisionTransformerTiny_IsThePublishedCount()
    {
        const int Width = 192;
        const int Tokens = 197;
        _graph.Node("Conv", ["x", _graph.Weights("patches", Width, 3, 16, 16), _graph.Weights("patchBias", Width)], "grid", ("strides", new long[] { 16, 16 }));
        _graph.Constant("grid3", [3], 0L, Width, 196L);
        _graph.Node("Transpose", [_graph.Node("Reshape", ["grid", "grid3"], "columns")], "patchTokens", ("perm", new long[] { 0, 2, 1 }));
        _graph.Node("Concat", [_graph.Weights("class", 1, 1, Width), "patchTokens"], "tokens", ("axis", 1));
        string value = _graph.Node("Add", ["tokens", _graph.Weights("positions", 1, Tokens, Width)], Next());
        for (int block = 0; block < 12; block++)
        {
            value = _graph.Node("Add", [value, SelfAttention(LayerNorm(value, Width), Width, 3)], Next());
            string hidden = _graph.Node("Erf", [Linear(LayerNorm(value, Width), Width, 4 * Width)], Next());
            value = _graph.Node("Add", [value, Linear(hidden, 4 * Width, Width)], Next());
        }

        _graph.Constant("first", [], 0L);
        FullyConnected(_graph.Node("Gather", [LayerNorm(value, Width), "first"], Next(), ("axis", 1)), Width, 1000);
        ComputeCost cost = Count(224);

        Assert.InRange(cost.Macs / 1e9, 1.26 * 0.99, 1.26);
        Assert.Equal(5_717_416, cost.Parameters);
    }

    // As PyTorch exports it: the head dimensions come from the tensor's own shape, computed in the graph.
    private string SelfAttention(string value, int width, int heads)
    {
        string shape = _graph.Node("Shape", [value], Next());
        string batch = Constant(0L);
        string lengths = _graph.Node("Gather", [shape, batch], Next());
        string length = _graph.Node("Gather", [shape, Constant(1L)], Next());
        string Vector(string scalar) => _graph.Node("Unsqueeze", [scalar, Axis()], Next());
        string split = _graph.Node("Concat", [Vector(lengths), Vector(length), Vector(Constant(heads)), Vector(Constant(width / heads))], Next(), ("axis", 0));
        string Heads(long[] permutation) => _graph.Node(
            "Transpose", [_graph.Node("Reshape", [Linear(value, width, width), split], Next())], Next(), ("perm", permutation));

        string scores = _graph.Node("MatMul", [Heads([0, 2, 1, 3]), Heads([0, 2, 3, 1])], Next());
        string weighted = _graph.Node("MatMul", [_graph.Node("Softmax", [scores], Next()), Heads([0, 2, 1, 3])], Next());
        string joined = _graph.Node("Concat", [Vector(lengths), Vector(length), Vector(Constant(width))], Next(), ("axis", 0));
        return Linear(_graph.Node("Reshape", [_graph.Node("Transpose", [weighted], Next(), ("perm", new long[] { 0, 2, 1, 3 })), joined], Next()), width, width);
    }

    private string Axis()
    {
        string name = Next();
        return _graph.Constant(name, [1], 0L);
    }

    private string Constant(long value) => _graph.Constant(Next(), [], value);

    private string LayerNorm(string value, int width) =>
        _graph.Node("LayerNormalization", [value, _graph.Weights(Next(), width), _graph.Weights(Next(), width)], Next());

    private string Linear(string value, int from, int to) =>
        _graph.Node("Add", [_graph.Node("MatMul", [value, _graph.Weights(Next(), from, to)], Next()), _graph.Weights(Next(), to)], Next());

    private string ConvolutionWithNorm(string value, int from, int to, int kernel, int stride, int groups = 1)
    {
        long pad = kernel / 2;
        string convolved = _graph.Node("Conv", [value, _graph.Weights(Next(), to, from / groups, kernel, kernel)], Next(),
            ("group", groups), ("strides", new long[] { stride, stride }), ("pads", new[] { pad, pad, pad, pad }));
        string normed = _graph.Node("BatchNormalization",
            [convolved, _graph.Weights(Next(), to), _graph.Weights(Next(), to), _graph.Weights(Next(), to), _graph.Weights(Next(), to)], Next());
        return _graph.Node("Relu", [normed], Next());
    }

    private string Pooled(string value) => _graph.Node("Flatten", [_graph.Node("GlobalAveragePool", [value], Next())], Next());

    private void FullyConnected(string value, int from, int to) =>
        _graph.Node("Gemm", [value, _graph.Weights(Next(), to, from), _graph.Weights(Next(), to)], "scores", ("transB", 1));

    private string Next() => $"v{_layers++}";

    private ComputeCost Count(int side)
    {
        var graph = OnnxGraph.FromModel(_graph.Build());
        return ComputeCostCounter.Count(graph, ImageInput.Of(graph, "model.onnx"), side, side);
    }
}
