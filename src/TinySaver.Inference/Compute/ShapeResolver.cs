using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Compute;

/// <summary>Finds the shapes of values inside a graph for one image size.</summary>
/// <remarks>
/// ONNX Runtime's own shape inference answers, on a copy of the graph whose large weights are inputs without data: that takes
/// milliseconds, however large the weights are. Where a shape depends on computed values, the copy is run once on zeros.
/// </remarks>
internal static class ShapeResolver
{
    /// <summary>The shapes of the named values.</summary>
    /// <exception cref="InvalidModelException">ONNX Runtime cannot work them out.</exception>
    public static Dictionary<string, long[]> Resolve(OnnxGraph graph, ImageInput input, int height, int width, IReadOnlySet<string> values)
    {
        var shapes = new Dictionary<string, long[]>();
        foreach (string value in values)
        {
            if (graph.Initializers.TryGetValue(value, out TensorProto? constant))
                shapes[value] = [.. constant.Dims];
        }

        long batch = input.Batch ?? 1;
        long[] imageShape = input.Layout == TensorLayout.Nchw ? [batch, 3, height, width] : [batch, height, width, 3];
        shapes[input.Name] = imageShape;
        string[] inside = [.. values.Where(value => !shapes.ContainsKey(value))];
        if (inside.Length == 0)
            return shapes;

        try
        {
            using var options = new SessionOptions
            {
                // Folds the shape arithmetic that exporters leave in transformers, which shape inference alone does not see through. The
                // values asked for are outputs, so no rewriting makes them disappear.
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                EnableCpuMemArena = false,
                IntraOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            using var session = new InferenceSession(Skeleton(graph, input, imageShape, inside).ToByteArray(), options);
            foreach (string value in inside)
                shapes[value] = [.. session.OutputMetadata[value].Dimensions.Select(static dimension => (long)dimension)];
            // An empty shape is a scalar or one that is not known at all.
            if (inside.Any(value => shapes[value].Length == 0 || shapes[value].Any(static dimension => dimension <= 0)))
                RunOnZeros(session, inside, shapes);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException($"The shapes inside the model cannot be worked out for images of {width}×{height} pixels: {e.Message}", e);
        }

        return shapes;
    }

    private static ModelProto Skeleton(OnnxGraph graph, ImageInput input, long[] imageShape, string[] outputs)
    {
        ModelProto model = graph.Model.Clone();
        TensorProto[] constants = model.Graph.Initializer.ToArray();
        model.Graph.Initializer.Clear();
        model.Graph.Initializer.Add(constants.Where(OnnxGraph.HasData));

        ValueInfoProto[] inputs = model.Graph.Input.Where(value => value.Name != input.Name && !graph.Initializers.ContainsKey(value.Name)).ToArray();
        model.Graph.Input.Clear();
        model.Graph.Input.Add(inputs);
        model.Graph.Input.Add(Value(input.Name, input.Type, imageShape));
        model.Graph.Input.Add(constants.Where(static constant => !OnnxGraph.HasData(constant))
            .Select(static constant => Value(constant.Name, constant.DataType, constant.Dims)));

        // What exporters noted about values inside may be for another batch or size.
        model.Graph.ValueInfo.Clear();
        model.Graph.Output.Clear();
        model.Graph.Output.Add(outputs.Select(static name => new ValueInfoProto { Name = name }));
        return model;
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, IEnumerable<long> shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(shape.Select(static size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } } };
    }

    private static void RunOnZeros(InferenceSession session, string[] values, Dictionary<string, long[]> shapes)
    {
        var inputs = new List<OrtValue>();
        try
        {
            foreach (string name in session.InputNames)
            {
                NodeMetadata meta = session.InputMetadata[name];
                var zeros = OrtValue.CreateAllocatedTensorValue(
                    OrtAllocator.DefaultInstance, meta.ElementDataType, [.. meta.Dimensions.Select(static d => (long)d)]);
                inputs.Add(zeros);
                zeros.GetTensorMutableRawData().Clear();
            }

            using var options = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, session.InputNames, inputs, values);
            for (int i = 0; i < values.Length; i++)
                shapes[values[i]] = outputs[i].GetTensorTypeAndShape().Shape;
        }
        finally
        {
            inputs.ForEach(static value => value.Dispose());
        }
    }
}
