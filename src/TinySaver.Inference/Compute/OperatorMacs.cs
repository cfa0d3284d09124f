using TinySaver.Inference.Graphs;

namespace TinySaver.Inference.Compute;

/// <summary>The multiply-accumulates of one operator, from the shapes of its inputs and outputs.</summary>
internal static class OperatorMacs
{
    private const string Microsoft = "com.microsoft";

    // Operators of ONNX itself that multiply and accumulate in ways that shapes alone do not tell, or that hold other graphs.
    private static readonly HashSet<string> NotUnderstood =
        ["LSTM", "GRU", "RNN", "DeformConv", "Einsum", "If", "Loop", "Scan", "SequenceMap", "DFT", "STFT"];

    // Operators of ONNX Runtime's own domain that do not multiply matrices.
    private static readonly HashSet<string> ElementwiseOfMicrosoft =
    [
        "BiasAdd", "BiasGelu", "BiasSoftmax", "BiasSplitGelu", "DequantizeLinear", "FastGelu", "FusedBatchNormalization", "Gelu", "GroupNorm",
        "NhwcMaxPool", "QLinearAdd", "QLinearAveragePool", "QLinearConcat", "QLinearGlobalAveragePool", "QLinearLeakyRelu", "QLinearMul",
        "QLinearReduceMean", "QLinearSigmoid", "QLinearSoftmax", "QLinearWhere", "QuantizeLinear", "QuickGelu", "SimplifiedLayerNormalization",
        "SkipGroupNorm", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization", "DynamicQuantizeLinear",
    ];

    /// <summary>The values whose shapes <see cref="Count"/> asks for; empty where the operator has no multiply-accumulates.</summary>
    public static IEnumerable<string> NeededShapes(NodeProto node) => Rule(node) switch
    {
        null => [],
        { } rule => rule.Inputs.Select(index => Input(node, index)).Append(node.Output[0]).Where(static name => name.Length > 0),
    };

    /// <summary>The operator's multiply-accumulates; null where it may have some but is not understood.</summary>
    public static long? Count(NodeProto node, Func<string, long[]> shapeOf)
    {
        if (Rule(node) is { } rule)
            return rule.Macs(node, [.. rule.Inputs.Select(index => Input(node, index) is { Length: > 0 } name ? shapeOf(name) : [])], shapeOf(node.Output[0]));
        return IsOnnx(node) ? NotUnderstood.Contains(node.OpType) ? null : 0
            : node.Domain == Microsoft && ElementwiseOfMicrosoft.Contains(node.OpType) ? 0 : null;
    }

    private static MacRule? Rule(NodeProto node) => (node.OpType, IsOnnx(node) || node.Domain == Microsoft) switch
    {
        // Without a result there is nothing to count; ONNX Runtime refuses such a model.
        _ when node.Output.FirstOrDefault() is null or "" => null,
        ("Conv" or "ConvInteger" or "FusedConv" or "NhwcFusedConv", _) => new([1], static (_, i, output) => Convolution(i[0], output)),
        ("QLinearConv", _) => new([3], static (_, i, output) => Convolution(i[0], output)),
        ("ConvTranspose", true) => new([0, 1], static (_, i, _) => i[1].Length > 1 ? checked(Product(i[0]) * Product(i[1].AsSpan(1))) : null),
        ("Gemm" or "FusedGemm" or "QGemm" or "MatMul" or "FusedMatMul" or "TransposeMatMul" or "MatMulInteger" or "QLinearMatMul"
            or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul" or "MatMulNBits", true)
            => new([0], static (node, i, output) => i[0].Length > 0 ? checked(Product(output) * InnerLength(node, i[0])) : null),
        ("Attention", true) when node.Domain == Microsoft => new([0, 1], static (_, i, output) => PackedAttention(i[0], i[1], output)),
        ("Attention" or "MultiHeadAttention", true) => new([0, 1], static (_, i, output) => Attention(i[0], i[1], output)),
        _ => null,
    };

    private static bool IsOnnx(NodeProto node) => node.Domain is "" or "ai.onnx";

    private static string Input(NodeProto node, int index) => index < node.Input.Count ? node.Input[index] : "";

    // Weights are [output channels, input channels / groups, kernel…]: one output element takes a product over all but the first.
    private static long? Convolution(long[] weights, long[] output) =>
        weights.Length > 1 ? checked(Product(output) * Product(weights.AsSpan(1))) : null;

    private static long InnerLength(NodeProto node, long[] left)
    {
        bool transposed = node.Attribute.Any(static a => a.Name == "transA" && a.I != 0) && left.Length > 1;
        return transposed ? left[^2] : left[^1];
    }

    // query·key and weights·value: each query element meets every key, and so does each output element. No key length is known
    // where key and value are packed into the query.
    private static long? Attention(long[] query, long[] key, long[] output) =>
        key.Length is 3 or 4 && query.Length == key.Length ? checked((Product(query) + Product(output)) * key[^2]) : null;

    // com.microsoft.Attention also projects: input [batch, sequence, hidden], weights [hidden, query + key + value].
    private static long? PackedAttention(long[] input, long[] weights, long[] output)
    {
        if (input.Length != 3 || weights.Length != 2 || output.Length != 3)
            return null;
        (long sequence, long value) = (input[1], output[2]);
        long query = (weights[1] - value) / 2;
        return checked((Product(input) * weights[1]) + (input[0] * sequence * sequence * (query + value)));
    }

    private static long Product(ReadOnlySpan<long> dimensions)
    {
        long product = 1L;
        foreach (long dimension in dimensions)
            product = checked(product * dimension);
        return product;
    }

    private sealed record MacRule(int[] Inputs, Func<NodeProto, long[][], long[], long?> Macs);
}
