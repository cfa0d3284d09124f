using TinySaver.Inference.Graphs;

namespace TinySaver.Inference.Compute;

/// <summary>Counts a graph's trained numbers by how operators use its constants.</summary>
internal static class ParameterCounter
{
    /// <summary>The number of parameters; a tensor used twice counts once.</summary>
    public static long Count(OnnxGraph graph)
    {
        var counted = new HashSet<string>();
        long total = 0L;
        foreach (NodeProto node in graph.Model.Graph.Node)
        {
            for (int index = 0; index < node.Input.Count; index++)
            {
                string name = node.Input[index];
                if (ConstantOf(graph, name) is { Dims.Count: > 0 } tensor && IsParameter(node, index, tensor.DataType) && counted.Add(name))
                    total += OnnxGraph.Elements(tensor);
            }
        }

        return total;
    }

    private static TensorProto? ConstantOf(OnnxGraph graph, string name) =>
        graph.Initializers.TryGetValue(name, out TensorProto? initializer)
            ? initializer
            : graph.ProducerOf(name) is { OpType: "Constant" } constant ? constant.Attribute.FirstOrDefault(static a => a.Name == "value")?.T : null;

    private static bool IsParameter(NodeProto node, int index, TensorProto.Types.DataType type)
    {
        bool isWeight = OnnxGraph.IsWeightType(type);
        // Quantised biases are 32-bit; other 32-bit integers are shapes and indices.
        bool isWide = type == TensorProto.Types.DataType.Int32;
        return node.OpType switch
        {
            // Inputs 3 and 4 are the running mean and variance.
            "BatchNormalization" => isWeight && index is (1 or 2),
            // The rest is regions of interest, scales and sizes.
            "Resize" or "Upsample" => isWeight && index == 0,
            "DequantizeLinear" => (isWeight || isWide) && index == 0,
            "QuantizeLinear" => isWeight && index == 0,
            "QLinearConv" => (isWeight && index == 3) || (isWide && index == 8),
            "QLinearMatMul" => isWeight && index is (0 or 3),
            "QGemm" => (isWeight && index is (0 or 3)) || (isWide && index == 6),
            "ConvInteger" or "MatMulInteger" or "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" => isWeight && index is (0 or 1),
            _ when node.OpType.StartsWith("QLinear", StringComparison.Ordinal) => false,
            _ => isWeight,
        };
    }
}
