using System.Collections.Concurrent;
using Google.Protobuf.Collections;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Compute;

/// <summary>What one image costs in a model, counted from its graph.</summary>
/// <param name="Macs">
/// Multiply-accumulates an image at batch 1: those of convolutions, transposed convolutions and matrix products (fully connected
/// layers, attention), also quantised. Additions of biases, normalisation, activation and pooling are left out, as is usual in
/// published figures; one MAC is two of what some call FLOPs.
/// </param>
/// <param name="Parameters">
/// Trained numbers: elements of constants of floating point or 4- or 8-bit type, and quantised biases. Scales, zero points,
/// the running mean and variance of batch normalisation, scalars and shapes are left out.
/// </param>
public sealed record ComputeCost(long Macs, long Parameters)
{
    /// <summary>Operators in the graph that may multiply and accumulate but are not understood, so that <see cref="Macs"/> is too low; usually empty.</summary>
    public IReadOnlyList<string> UncountedOperators { get; init; } = [];
}

/// <summary>Counts what a model costs.</summary>
public static class ComputeCostCounter
{
    private static readonly ConcurrentDictionary<string, ComputeCost> Counted = new();

    /// <summary>The cost of one image, at the size that the model's preprocessing makes; remembered by content hash for the life of the process.</summary>
    /// <exception cref="InvalidModelException">The shapes inside the graph cannot be worked out.</exception>
    public static ComputeCost Count(ModelFolder folder)
    {
        return Counted.GetOrAdd(
            folder.ContentHash,
            static (_, folder) => Count(folder.Graph, folder.Input, folder.Preprocessing.InputHeight, folder.Preprocessing.InputWidth),
            folder);
    }

    /// <summary>The cost of one image of a given size.</summary>
    internal static ComputeCost Count(OnnxGraph graph, ImageInput input, int height, int width)
    {
        RepeatedField<NodeProto> nodes = graph.Model.Graph.Node;
        var needed = nodes.SelectMany(OperatorMacs.NeededShapes).ToHashSet();
        Dictionary<string, long[]> shapes = ShapeResolver.Resolve(graph, input, height, width, needed);

        long total = 0L;
        var uncounted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (NodeProto node in nodes)
        {
            try
            {
                if (OperatorMacs.Count(node, name => shapes[name]) is { } macs)
                    total = checked(total + macs);
                else
                    uncounted.Add(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}");
            }
            catch (OverflowException e)
            {
                throw new InvalidModelException($"The operator '{node.Name}' ({node.OpType}) of the model has shapes beyond counting; export the model again.", e);
            }
        }

        return new ComputeCost(total / (input.Batch ?? 1), ParameterCounter.Count(graph)) { UncountedOperators = [.. uncounted] };
    }
}
