using Google.Protobuf;

namespace TinySaver.Inference.Graphs;

/// <summary>A model's graph without the numbers of its large weights: enough to read its inputs, operators and shapes.</summary>
internal sealed class OnnxGraph
{
    // Tensors up to this size may be shapes, pads or scales that shape inference reads; larger ones are weights.
    private const int SmallTensorElements = 1024;

    private static readonly byte[] LfsPointerStart = "version https://git-lfs"u8.ToArray();

    private readonly Dictionary<string, NodeProto> _producers = [];

    private OnnxGraph(ModelProto model)
    {
        Model = model;
        foreach (TensorProto initializer in model.Graph.Initializer)
            Initializers[initializer.Name] = initializer;
        foreach (NodeProto node in model.Graph.Node)
        {
            foreach (string output in node.Output.Where(static name => name.Length > 0))
                _producers[output] = node;
        }

        ImageInputs = [.. model.Graph.Input.Where(input => !Initializers.ContainsKey(input.Name))];
    }

    /// <summary>The message; large weights have no data. Not to be changed: clone it first.</summary>
    public ModelProto Model { get; }

    /// <summary>The graph's constants by name.</summary>
    public Dictionary<string, TensorProto> Initializers { get; } = [];

    /// <summary>The inputs that a caller must give: before IR version 4, constants are listed as inputs too.</summary>
    public IReadOnlyList<ValueInfoProto> ImageInputs { get; }

    /// <summary>The files beside the model that hold weights, as the graph names them, in order and without repetition.</summary>
    public IReadOnlyList<string> ExternalFiles => [.. Tensors(Model.Graph)
        .Concat(Model.Functions.SelectMany(static function => function.AttributeProto.Concat(function.Node.SelectMany(static node => node.Attribute))).SelectMany(Tensors))
        .Where(static tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External)
        .SelectMany(static tensor => tensor.ExternalData.Where(static entry => entry.Key == "location"))
        .Select(static entry => entry.Value)
        .Distinct()
        .Order(StringComparer.Ordinal)];

    /// <summary>Reads a model from the whole file.</summary>
    /// <exception cref="InvalidModelException">The bytes are not an ONNX model.</exception>
    public static OnnxGraph Parse(byte[] file, string fileName)
    {
        if (file.AsSpan().StartsWith(LfsPointerStart))
        {
            throw new InvalidModelException(
                $"{fileName} is a Git LFS pointer of {file.Length} bytes, not the model itself; run 'git lfs pull' in the folder or download the file.");
        }

        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(file);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidModelException($"{fileName} ({file.Length} bytes) is not an ONNX model: {e.Message}", e);
        }

        if (model.Graph is null || model.Graph.Node.Count == 0)
            throw new InvalidModelException($"{fileName} ({file.Length} bytes) is not an ONNX model: it has no graph with operators.");
        return FromModel(model);
    }

    /// <summary>Wraps a model; the data of its large weights is dropped.</summary>
    public static OnnxGraph FromModel(ModelProto model)
    {
        foreach (TensorProto tensor in model.Graph.Initializer.Where(static t => IsWeightType(t.DataType) && Elements(t) > SmallTensorElements))
        {
            tensor.ClearRawData();
            tensor.FloatData.Clear();
            tensor.DoubleData.Clear();
            tensor.Int32Data.Clear();
        }

        return new OnnxGraph(model);
    }

    /// <summary>The node that computes a value, or null for inputs and constants.</summary>
    public NodeProto? ProducerOf(string value) => _producers.GetValueOrDefault(value);

    /// <summary>The number of elements of a tensor; 1 for a scalar.</summary>
    public static long Elements(TensorProto tensor) => tensor.Dims.Aggregate(1L, static (product, dimension) => product * dimension);

    /// <summary>Whether a tensor has its numbers at hand: it was neither dropped nor kept in another file.</summary>
    public static bool HasData(TensorProto tensor) =>
        tensor.RawData.Length > 0 || tensor.FloatData.Count > 0 || tensor.DoubleData.Count > 0 || tensor.Int32Data.Count > 0
        || tensor.Int64Data.Count > 0 || tensor.Uint64Data.Count > 0 || tensor.StringData.Count > 0 || Elements(tensor) == 0;

    /// <summary>Whether weights can have this type: floating point of any width, or integers of 4 or 8 bits.</summary>
    public static bool IsWeightType(TensorProto.Types.DataType type) => type is
        TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16
        or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Uint8
        or TensorProto.Types.DataType.Int4 or TensorProto.Types.DataType.Uint4
        or TensorProto.Types.DataType.Float8E4M3Fn or TensorProto.Types.DataType.Float8E4M3Fnuz
        or TensorProto.Types.DataType.Float8E5M2 or TensorProto.Types.DataType.Float8E5M2Fnuz;

    // All of them, for ONNX Runtime opens what any of them names: also within the branches of If and the bodies of loops.
    private static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        [.. graph.Initializer, .. Tensors(graph.SparseInitializer), .. graph.Node.SelectMany(static node => node.Attribute).SelectMany(Tensors)];

    private static IEnumerable<TensorProto> Tensors(AttributeProto attribute) =>
    [
        .. attribute.Tensors.Append(attribute.T).OfType<TensorProto>(),
        .. Tensors(attribute.SparseTensors.Append(attribute.SparseTensor).OfType<SparseTensorProto>()),
        .. attribute.Graphs.Append(attribute.G).OfType<GraphProto>().SelectMany(Tensors),
    ];

    private static IEnumerable<TensorProto> Tensors(IEnumerable<SparseTensorProto> sparse) =>
        sparse.SelectMany(static tensor => new[] { tensor.Values, tensor.Indices }).OfType<TensorProto>();
}
