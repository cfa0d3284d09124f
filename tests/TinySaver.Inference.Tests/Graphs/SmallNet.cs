using DataType = TinySaver.Inference.Graphs.TensorProto.Types.DataType;

namespace TinySaver.Inference.Tests.Graphs;

/// <summary>A small network with seeded weights: 3 × 3 convolution, ReLU, global average, fully connected; 8 × 8 images.</summary>
internal sealed record SmallNet
{
    public const int Side = 8;
    private const int Filters = 6;

    public int Classes { get; init; } = 5;

    public string Batch { get; init; } = "batch";

    public bool Nhwc { get; init; }

    public bool IsHalf { get; init; }

    /// <summary>An operator after the scores, such as Softmax.</summary>
    public string? Head { get; init; }

    public string OutputName { get; init; } = "scores";

    /// <summary>Null leaves the output's shape open.</summary>
    public string? OutputShape { get; init; }

    public GraphBuilder Build()
    {
        DataType type = IsHalf ? DataType.Float16 : DataType.Float;
        var builder = new GraphBuilder();
        builder.Input("pixels", Nhwc ? $"{Batch}, {Side}, {Side}, 3" : $"{Batch}, 3, {Side}, {Side}", type);
        (float[] filters, float[] weights, float[] bias) = Parameters();
        Add(builder, "filters", [Filters, 3, 3, 3], filters);
        Add(builder, "weights", [Classes, Filters], weights);
        Add(builder, "bias", [Classes], bias);
        string image = Nhwc ? builder.Node("Transpose", ["pixels"], "planes", ("perm", new long[] { 0, 3, 1, 2 })) : "pixels";
        builder.Node("Conv", [image, "filters"], "convolved", ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 2, 2 }));
        builder.Node("Relu", ["convolved"], "active");
        builder.Node("GlobalAveragePool", ["active"], "pooled");
        builder.Node("Flatten", ["pooled"], "features");
        builder.Node("Gemm", ["features", "weights", "bias"], Head is null ? OutputName : "raw", ("transB", 1));
        if (Head is not null)
            builder.Node(Head, ["raw"], OutputName);
        return builder.Output(OutputName, OutputShape ?? $"{Batch}, {Classes}", type);
    }

    /// <summary>The scores of one image [3, 8, 8], computed by plain loops.</summary>
    public float[] Expected(ReadOnlySpan<float> image)
    {
        (float[] filters, float[] weights, float[] bias) = Parameters();
        double[] features = new double[Filters];
        for (int filter = 0; filter < Filters; filter++)
        {
            for (int row = 0; row < Side; row += 2)
            {
                for (int column = 0; column < Side; column += 2)
                    features[filter] += Math.Max(0, Convolved(image, filters.AsSpan(filter * 27, 27), row, column)) / (Side * Side / 4);
            }
        }

        return [.. Enumerable.Range(0, Classes).Select(c => (float)(bias[c] + Enumerable.Range(0, Filters).Sum(f => weights[c * Filters + f] * features[f])))];
    }

    private static double Convolved(ReadOnlySpan<float> image, ReadOnlySpan<float> filter, int row, int column)
    {
        double sum = 0.0;
        for (int channel = 0; channel < 3; channel++)
        {
            for (int y = 0; y < 3; y++)
            {
                for (int x = 0; x < 3; x++)
                {
                    (int r, int c) = (row + y - 1, column + x - 1);
                    if (r is >= 0 and < Side && c is >= 0 and < Side)
                        sum += image[(channel * Side + r) * Side + c] * filter[(channel * 3 + y) * 3 + x];
                }
            }
        }

        return sum;
    }

    private (float[] Filters, float[] Weights, float[] Bias) Parameters()
    {
        var random = new Random(7);
        return (Numbers(random, Filters * 27), Numbers(random, Classes * Filters), Numbers(random, Classes));
    }

    public static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private void Add(GraphBuilder builder, string name, long[] shape, float[] values)
    {
        if (IsHalf)
            builder.Constant(name, shape, Array.ConvertAll(values, static value => (Half)value));
        else
            builder.Constant(name, shape, values);
    }
}
