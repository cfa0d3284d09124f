using Google.Protobuf;
using Google.Protobuf.Collections;
using TinySaver.Inference.Graphs;
using Location = TinySaver.Inference.Graphs.TensorProto.Types.DataLocation;

namespace TinySaver.Fuzz.Models;

/// <summary>Damages a graph in ways that leave a readable message: names, shapes, types, operators, external files.</summary>
internal static class GraphDamage
{
    private static readonly long[] Sizes = [0, 1, 2, 3, -1, 5, 1 << 20, int.MaxValue, 1L << 32, long.MaxValue, long.MinValue];
    private static readonly string[] Names = ["", "x"];
    private static readonly string[] Files = ["config.json", "../x", "/dev/zero", "", "model.onnx", "a\0b", "*/_ORT_MEM_ADDR_/*"];

    private static readonly string[] Operators =
        ["Conv", "ConvTranspose", "Gemm", "MatMul", "Attention", "QLinearConv", "MatMulInteger", "Softmax", "Identity", "Div", "ReduceSum", "If", "Einsum", "Constant"];

    /// <summary>Applies one to three kinds of damage.</summary>
    public static byte[] Apply(byte[] onnx, Random random)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(onnx);
        for (int rounds = random.Next(1, 4); rounds > 0; rounds--)
            Once(model.Graph, random);
        return model.ToByteArray();
    }

    private static void Once(GraphProto graph, Random random)
    {
        // Names of the graph itself lead further than others: in circles, to results twice.
        string[] names = [.. Names, .. graph.Node.SelectMany(static n => n.Output.Concat(n.Input))];
        NodeProto node = graph.Node.Count == 0 ? new NodeProto() : graph.Node[random.Next(graph.Node.Count)];
        TensorProto tensor = graph.Initializer.Count == 0 ? new TensorProto() : graph.Initializer[random.Next(graph.Initializer.Count)];
        switch (random.Next(14))
        {
            case 0:
                node.Output.Clear();
                break;
            case 1:
                node.Input.Clear();
                break;
            case 2:
                Replace(node.Input, Any(names, random), random);
                break;
            case 3:
                Replace(node.Output, Any(names, random), random);
                break;
            case 4 or 5:
                node.OpType = Any(Operators, random);
                break;
            case 6:
                node.Domain = random.Next(2) == 0 ? "com.microsoft" : "x";
                break;
            case 7:
                graph.Node.Remove(node);
                break;
            case 8:
                graph.Node.Add(node.Clone());
                break;
            case 9:
                Replace(tensor.Dims, Any(Sizes, random), random);
                break;
            case 10:
                tensor.DataType = (TensorProto.Types.DataType)random.Next(24);
                break;
            case 11:
                tensor.DataLocation = Location.External;
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = Any(Files, random) });
                break;
            case 12:
                ValueInfoProto? value = (random.Next(2) == 0 ? graph.Input : graph.Output).FirstOrDefault();
                if (value?.Type?.TensorType?.Shape is { Dim.Count: > 0 } shape)
                    shape.Dim[random.Next(shape.Dim.Count)].DimValue = Any(Sizes, random);
                break;
            default:
                if (node.Attribute.Count > 0)
                    Replace(node.Attribute[0].Ints, Any(Sizes, random), random);
                break;
        }
    }

    private static T Any<T>(T[] choices, Random random) => choices[random.Next(choices.Length)];

    private static void Replace<T>(RepeatedField<T> field, T value, Random random)
    {
        if (field.Count > 0 && random.Next(4) != 0)
            field[random.Next(field.Count)] = value;
        else
            field.Add(value);
    }
}
