using Google.Protobuf.Collections;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Graphs;

/// <summary>The one input of a classifier: a batch of images.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Type">Float or Float16.</param>
/// <param name="Layout">Which axis holds the three channels.</param>
/// <param name="Batch">The fixed batch size, or null where any is accepted.</param>
/// <param name="Height">The fixed height in pixels, or null.</param>
/// <param name="Width">The fixed width in pixels, or null.</param>
internal sealed record ImageInput(
    string Name, TensorProto.Types.DataType Type, TensorLayout Layout, int? Batch, int? Height, int? Width)
{
    private const int Channels = 3;

    /// <summary>Finds the image input.</summary>
    /// <exception cref="InvalidModelException">The graph does not take exactly one batch of RGB images as float32 or float16.</exception>
    public static ImageInput Of(OnnxGraph graph, string fileName)
    {
        if (graph.ImageInputs.Count != 1)
        {
            throw new InvalidModelException(
                $"{fileName} has {graph.ImageInputs.Count} inputs ({Describe(graph.ImageInputs)}); an image classifier has one, a batch of images.");
        }

        ValueInfoProto input = graph.ImageInputs[0];
        TypeProto.Types.Tensor? tensor = input.Type?.TensorType;
        TensorProto.Types.DataType type = tensor?.ElemType ?? TensorProto.Types.DataType.Undefined;
        if (type is not (TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Float16))
        {
            throw new InvalidModelException(
                $"{fileName}: input '{input.Name}' is of type {type}; float32 and float16 are supported, so export the model with one of them.");
        }

        RepeatedField<TensorShapeProto.Types.Dimension>? dimensions = tensor!.Shape?.Dim;
        if (dimensions is not { Count: 4 })
        {
            throw new InvalidModelException(
                $"{fileName}: input '{input.Name}' is {Describe([input])}; expected four dimensions, [batch, 3, height, width] or [batch, height, width, 3].");
        }

        if (dimensions.Any(static dimension => dimension.DimValue > int.MaxValue))
            throw new InvalidModelException($"{fileName}: input '{input.Name}' is {Describe([input])}; expected dimensions of an image.");
        int?[] sizes = dimensions.Select(Fixed).ToArray();
        TensorLayout layout = Layouted(sizes, dimensions[3].DimParam) ?? throw new InvalidModelException(
            $"{fileName}: input '{input.Name}' is {Describe([input])}; expected three colour channels, [batch, 3, height, width] or [batch, height, width, 3].");
        return layout == TensorLayout.Nchw
            ? new ImageInput(input.Name, type, layout, sizes[0], sizes[2], sizes[3])
            : new ImageInput(input.Name, type, layout, sizes[0], sizes[1], sizes[2]);
    }

    private static TensorLayout? Layouted(int?[] sizes, string lastName) => (sizes[1], sizes[3]) switch
    {
        (Channels, _) => TensorLayout.Nchw,
        (_, Channels) => TensorLayout.Nhwc,
        // Exporters that leave every axis open (Hugging Face Optimum does) still name them.
        (null, null) when lastName.Contains("channel", StringComparison.OrdinalIgnoreCase) => TensorLayout.Nhwc,
        (null, _) => TensorLayout.Nchw,
        (_, null) => TensorLayout.Nhwc,
        _ => null,
    };

    // Some exporters write 0 or −1 for a free dimension.
    private static int? Fixed(TensorShapeProto.Types.Dimension dimension) =>
        dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dimension.DimValue > 0
            ? (int)dimension.DimValue
            : null;

    private static string Describe(IEnumerable<ValueInfoProto> values) => string.Join(", ", values.Select(static value =>
        $"{value.Name}: {value.Type?.TensorType?.ElemType.ToString() ?? "not a tensor"}[{string.Join(", ", (value.Type?.TensorType?.Shape?.Dim ?? [])
            .Select(static d => d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? $"{d.DimValue}" : d.DimParam.Length > 0 ? d.DimParam : "?"))}]"));
}
