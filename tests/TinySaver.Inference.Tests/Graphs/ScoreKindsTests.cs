using TinySaver.Core.Confidence;
using TinySaver.Inference.Graphs;

namespace TinySaver.Inference.Tests.Graphs;

public sealed class ScoreKindsTests
{
    [Theory]
    [InlineData("Gemm", ScoreKind.Logits)]
    [InlineData("Softmax", ScoreKind.Probabilities)]
    [InlineData("Softmax Reshape Cast Identity", ScoreKind.Probabilities)]
    [InlineData("Softmax QuantizeLinear DequantizeLinear", ScoreKind.Probabilities)]
    [InlineData("LogSoftmax", ScoreKind.Logits)]
    [InlineData("Softmax Gemm", ScoreKind.Logits)]
    [InlineData("Identity", ScoreKind.Logits)]
    public void Of_LastOperators_Decide(string operators, ScoreKind expected)
    {
        var builder = new GraphBuilder();
        string value = "x";
        foreach ((int index, string type) in operators.Split(' ').Index())
            value = builder.Node(type, [value], $"v{index}");

        Assert.Equal(expected, ScoreKinds.Of(OnnxGraph.FromModel(builder.Build()), value, "model.onnx"));
    }

    [Fact]
    public void Of_SoftmaxSpelledOut_IsProbabilities()
    {
        var builder = new GraphBuilder();
        builder.Node("Exp", ["x"], "e");
        builder.Node("ReduceSum", ["e"], "sum");
        builder.Node("Div", ["e", "sum"], "p");

        Assert.Equal(ScoreKind.Probabilities, ScoreKinds.Of(OnnxGraph.FromModel(builder.Build()), "p", "model.onnx"));
    }

    [Fact]
    public void Of_GraphThatLeadsInCircles_Ends()
    {
        var builder = new GraphBuilder();
        builder.Node("Identity", ["b"], "a");
        builder.Node("Identity", ["a"], "b");

        Assert.Equal(ScoreKind.Logits, ScoreKinds.Of(OnnxGraph.FromModel(builder.Build()), "a", "model.onnx"));
    }

    [Fact]
    public void Of_DivisionByAConstant_IsLogits()
    {
        var builder = new GraphBuilder();
        builder.Constant("temperature", [], 2f);
        builder.Node("Exp", ["x"], "e");
        builder.Node("Div", ["e", "temperature"], "p");

        Assert.Equal(ScoreKind.Logits, ScoreKinds.Of(OnnxGraph.FromModel(builder.Build()), "p", "model.onnx"));
    }

    [Fact]
    public void Of_Sigmoid_IsRefused()
    {
        var builder = new GraphBuilder();
        builder.Node("Sigmoid", ["x"], "p");

        Assert.Contains("output 'p' comes from a Sigmoid", Assert.Throws<InvalidModelException>(
            () => ScoreKinds.Of(OnnxGraph.FromModel(builder.Build()), "p", "model.onnx")).Message, StringComparison.Ordinal);
    }
}
