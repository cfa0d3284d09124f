using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using TinySaver.Inference.Graphs;
using DataType = TinySaver.Inference.Graphs.TensorProto.Types.DataType;

namespace TinySaver.Inference.Tests.Graphs;

/// <summary>Builds small ONNX models for tests.</summary>
internal sealed class GraphBuilder
{
    private readonly GraphProto _graph = new() { Name = "test" };
    private readonly ModelProto _model;

    public GraphBuilder(long opset = 17)
    {
        _model = new ModelProto { IrVersion = 8, Graph = _graph };
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
    }

    public GraphBuilder Domain(string domain, long version)
    {
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        return this;
    }

    /// <summary>Dimensions are numbers or names, such as "batch, 3, 8, 8".</summary>
    public GraphBuilder Input(string name, string dimensions, DataType type = DataType.Float)
    {
        _graph.Input.Add(Value(name, dimensions, type));
        return this;
    }

    public GraphBuilder Output(string name, string? dimensions = null, DataType type = DataType.Float)
    {
        _graph.Output.Add(dimensions is null ? new ValueInfoProto { Name = name } : Value(name, dimensions, type));
        return this;
    }

    /// <summary>Replaces the outputs; ONNX Runtime infers their shapes.</summary>
    public GraphBuilder Outputs(params string[] names)
    {
        _graph.Output.Clear();
        foreach (string name in names)
            Output(name);
        return this;
    }

    /// <summary>A constant without numbers, for counting only.</summary>
    public string Weights(string name, params long[] shape) => Weights(name, DataType.Float, shape);

    public string Weights(string name, DataType type, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = type };
        tensor.Dims.Add(shape);
        _graph.Initializer.Add(tensor);
        return name;
    }

    public string Constant(string name, long[] shape, params ReadOnlySpan<float> values) =>
        Add(name, DataType.Float, shape, MemoryMarshal.AsBytes(values));

    public string Constant(string name, long[] shape, params ReadOnlySpan<long> values) =>
        Add(name, DataType.Int64, shape, MemoryMarshal.AsBytes(values));

    public string Constant(string name, long[] shape, params ReadOnlySpan<Half> values) =>
        Add(name, DataType.Float16, shape, MemoryMarshal.AsBytes(values));

    public string Constant(string name, long[] shape, params ReadOnlySpan<byte> values) => Add(name, DataType.Uint8, shape, values);

    public string Node(string type, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = output + "_node" };
        if (type.Split('.') is { Length: > 1 } parts)
        {
            node.OpType = parts[^1];
            node.Domain = string.Join('.', parts[..^1]);
        }

        node.Input.Add(inputs);
        node.Output.Add(output);
        foreach ((string name, object? value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>A copy, since the classes under test drop the weights of what they are given.</summary>
    public ModelProto Build() => _model.Clone();

    public byte[] ToBytes() => _model.ToByteArray();

    private string Add(string name, DataType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        Weights(name, type, shape);
        _graph.Initializer[^1].RawData = ByteString.CopyFrom(bytes);
        return name;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int i:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, i);
                break;
            case float f:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, f);
                break;
            case long[] ints:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.Add(ints);
                break;
            case TensorProto tensor:
                (attribute.Type, attribute.T) = (AttributeProto.Types.AttributeType.Tensor, tensor);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no attribute type of these tests.", nameof(value));
        }

        return attribute;
    }

    private static ValueInfoProto Value(string name, string dimensions, DataType type)
    {
        var shape = new TensorShapeProto();
        foreach (string part in dimensions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            shape.Dim.Add(long.TryParse(part, CultureInfo.InvariantCulture, out long size)
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = part });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }
}
