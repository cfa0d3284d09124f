using TinySaver.Inference.Compute;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Tests.Graphs;
using TinySaver.Inference.Tests.Models;
using DataType = TinySaver.Inference.Graphs.TensorProto.Types.DataType;

namespace TinySaver.Inference.Tests.Compute;

public sealed class ComputeCostCounterTests
{
    [Fact]
    public void Count_SmallNetFromItsFolder_IsTheHandCount()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);

        // Convolution: 4 × 4 positions × 6 filters × 27; fully connected: 6 × 5. Parameters: 162 + 30 + 5.
        ComputeCost cost = ComputeCostCounter.Count(folder.Open());

        Assert.Equal((4 * 4 * 6 * 27 + 30, 197), (cost.Macs, cost.Parameters));
        Assert.Empty(cost.UncountedOperators);
    }

    [Theory]
    [InlineData(new long[] { 8, 3, 3, 3 }, 1, new long[] { 1, 1 }, new long[] { 1, 1, 1, 1 }, 8 * 12 * 8 * 27)]
    [InlineData(new long[] { 8, 3, 3, 3 }, 1, new long[] { 2, 2 }, new long[] { 1, 1, 1, 1 }, 4 * 6 * 8 * 27)]
    [InlineData(new long[] { 6, 1, 3, 3 }, 3, new long[] { 1, 1 }, new long[] { 0, 0, 0, 0 }, 6 * 10 * 6 * 9)]
    [InlineData(new long[] { 4, 3, 1, 1 }, 1, new long[] { 1, 1 }, new long[] { 0, 0, 0, 0 }, 8 * 12 * 4 * 3)]
    [InlineData(new long[] { 2, 3, 5, 1 }, 1, new long[] { 1, 3 }, new long[] { 2, 0, 2, 0 }, 8 * 4 * 2 * 15)]
    public void Count_Convolution_IsOutputTimesKernel(long[] weights, int groups, long[] strides, long[] pads, long macs)
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, height, width");
        graph.Weights("w", weights);
        graph.Node("Conv", ["x", "w"], "y", ("group", groups), ("strides", strides), ("pads", pads));

        Assert.Equal(new ComputeCost(macs, weights.Aggregate(1L, (a, b) => a * b)), Count(graph, 8, 12) with { UncountedOperators = ComputeCostZero });
    }

    [Fact]
    public void Count_TransposedConvolution_IsInputTimesKernel()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Weights("w", 3, 5, 4, 4);
        graph.Node("ConvTranspose", ["x", "w"], "y", ("strides", new long[] { 2, 2 }));

        Assert.Equal(3 * 8 * 8 * 5 * 16, Count(graph).Macs);
    }

    [Theory]
    [InlineData(0, 0, new long[] { 192, 10 })]
    [InlineData(0, 1, new long[] { 10, 192 })]
    [InlineData(1, 1, new long[] { 10, 192 })]
    public void Count_Gemm_IsRowsTimesColumnsTimesInner(int transA, int transB, long[] weights)
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        string left = graph.Node("Flatten", ["x"], "flat");
        if (transA == 1)
            left = graph.Node("Transpose", ["flat"], "turned", ("perm", new long[] { 1, 0 }));
        graph.Weights("w", weights);
        graph.Node("Gemm", [left, "w"], "y", ("transA", transA), ("transB", transB));

        Assert.Equal(1920, Count(graph).Macs);
    }

    [Fact]
    public void Count_BatchedMatMul_CountsEveryMatrix()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 6");
        graph.Node("Transpose", ["x"], "turned", ("perm", new long[] { 0, 1, 3, 2 }));
        graph.Node("MatMul", ["x", "turned"], "y");

        Assert.Equal(3 * 8 * 8 * 6, Count(graph, 8, 6).Macs);
    }

    [Fact]
    public void Count_ShapesThatDependOnValues_AreFoundByARun()
    {
        // How many rows are picked depends on the image's mean, so that nothing can be folded; on zeros it is the mask's three.
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Constant("mask", [4], 1f, 0f, 1f, 1f);
        graph.Node("ReduceMean", ["x"], "mean", ("keepdims", 0));
        graph.Node("Add", ["mean", "mask"], "marks");
        graph.Node("NonZero", ["marks"], "found");
        graph.Constant("axis", [1], 0L);
        graph.Node("Squeeze", ["found", "axis"], "rows");
        graph.Node("Gather", ["x", "rows"], "picked", ("axis", 2));
        graph.Weights("w", 8, 500);
        graph.Node("MatMul", ["picked", "w"], "y");

        Assert.Equal(3 * 3 * 8 * 500, Count(graph).Macs);
    }

    [Fact]
    public void Count_FixedBatch_IsPerImage()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "4, 3, 8, 8");
        graph.Weights("w", 8, 3, 1, 1);
        graph.Node("Conv", ["x", "w"], "y");

        Assert.Equal(8 * 8 * 24, Count(graph).Macs);
    }

    [Fact]
    public void Count_QuantizedAndHalfForms_EqualThePlainOnes()
    {
        GraphBuilder plain = new SmallNet().Build();
        GraphBuilder half = new SmallNet { IsHalf = true }.Build();

        Assert.Equal(Count(plain).Macs, Count(half).Macs);
        Assert.Equal(Count(plain).Parameters, Count(half).Parameters);
    }

    [Fact]
    public void Count_QuantizeDequantize_CountsWeightsAndBiasesButNoScales()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Constant("scale", [1], 0.1f);
        graph.Constant("zero", [1], (byte)128);
        graph.Weights("w8", DataType.Uint8, 8, 3, 3, 3);
        graph.Weights("b32", DataType.Int32, 8);
        graph.Constant("zeroBias", [], 0.1f);
        graph.Node("DequantizeLinear", ["w8", "scale", "zero"], "w");
        graph.Node("DequantizeLinear", ["b32", "scale"], "b");
        graph.Node("Conv", ["x", "w", "b"], "y");

        Assert.Equal((6 * 6 * 8 * 27, 8 * 27 + 8), (Count(graph).Macs, Count(graph).Parameters));
    }

    [Fact]
    public void Count_IntegerOperators_AreCounted()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Constant("scale", [], 0.1f);
        graph.Constant("zero", [], (byte)128);
        graph.Node("QuantizeLinear", ["x", "scale", "zero"], "x8");
        graph.Weights("w8", DataType.Uint8, 8, 3, 1, 1);
        graph.Node("QLinearConv", ["x8", "scale", "zero", "w8", "scale", "zero", "scale", "zero"], "c8");
        graph.Node("ConvInteger", ["x8", "w8"], "c32");
        graph.Weights("m8", DataType.Uint8, 8, 10);
        graph.Node("QLinearMatMul", ["x8", "scale", "zero", "m8", "scale", "zero", "scale", "zero"], "p8");
        graph.Node("MatMulInteger", ["x8", "m8"], "p32");

        ComputeCost cost = Count(graph);

        Assert.Equal(2 * (8 * 8 * 24) + 2 * (3 * 8 * 80), cost.Macs);
        Assert.Equal(24 + 80, cost.Parameters);
        Assert.Empty(cost.UncountedOperators);
    }

    [Fact]
    public void Count_BatchNormalization_CountsScaleAndShiftOnly()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Node("BatchNormalization", ["x", graph.Weights("scale", 3), graph.Weights("shift", 3), graph.Weights("mean", 3), graph.Weights("variance", 3)], "y");

        Assert.Equal((0, 6), (Count(graph).Macs, Count(graph).Parameters));
    }

    [Fact]
    public void Count_SharedWeights_CountOnce()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Weights("w", 3, 3, 1, 1);
        graph.Node("Conv", ["x", "w"], "y");
        graph.Node("Conv", ["y", "w"], "z");

        Assert.Equal((2 * 64 * 9, 9), (Count(graph).Macs, Count(graph).Parameters));
    }

    [Fact]
    public void Count_AttentionOfOnnxRuntime_IsProjectionAndBothProducts()
    {
        GraphBuilder graph = new GraphBuilder().Domain("com.microsoft", 1).Input("x", "batch, 3, 8, 8");
        graph.Constant("shape", [3], 0L, 3L, 64L);
        graph.Node("Reshape", ["x", "shape"], "tokens");
        graph.Weights("w", 64, 192);
        graph.Weights("b", 192);
        graph.Node("com.microsoft.Attention", ["tokens", "w", "b"], "y", ("num_heads", 4));

        Assert.Equal(3 * 64 * 192 + 2 * 3 * 3 * 64, Count(graph).Macs);
    }

    [Fact]
    public void Count_OperatorsNotUnderstood_AreListed()
    {
        GraphBuilder graph = new GraphBuilder().Domain("com.microsoft", 1).Input("x", "batch, 3, 8, 8");
        graph.Node("com.microsoft.Gelu", ["x"], "active");
        graph.Node("Einsum", ["active"], "y");
        graph.Node("com.microsoft.Rfft", ["x"], "z");

        Assert.Equal(["Einsum", "com.microsoft.Rfft"], Count(graph).UncountedOperators);
    }

    [Theory]
    [InlineData("no output")]
    [InlineData("output left out")]
    [InlineData("no weights")]
    [InlineData("weights without shape")]
    [InlineData("shapes beyond counting")]
    public void Count_DamagedOperator_IsRefusedInOneSentence(string damage)
    {
        foreach (string type in (string[])["Conv", "ConvTranspose", "MatMul"])
        {
            GraphBuilder builder = new GraphBuilder().Input("x", "batch, 3, 8, 8");
            builder.Weights("w", damage switch { "weights without shape" => [], "shapes beyond counting" => [1L << 40, 3, 1L << 40, 1], _ => [4, 3, 1, 1] });
            builder.Node(type, damage == "no weights" ? ["x"] : ["x", "w"], damage == "output left out" ? "" : "y");
            ModelProto model = builder.Build();
            if (damage == "no output")
                model.Graph.Node[0].Output.Clear();
            var graph = OnnxGraph.FromModel(model);

            Exception? fault = Record.Exception(() => ComputeCostCounter.Count(graph, ImageInput.Of(graph, "model.onnx"), 8, 8));

            Assert.True(fault is null or InvalidModelException, $"{type}: {fault}");
        }
    }

    private static IReadOnlyList<string> ComputeCostZero { get; } = new ComputeCost(0, 0).UncountedOperators;

    private static ComputeCost Count(GraphBuilder builder, int height = 8, int width = 8)
    {
        var graph = OnnxGraph.FromModel(builder.Build());
        return ComputeCostCounter.Count(graph, ImageInput.Of(graph, "model.onnx"), height, width);
    }
}
