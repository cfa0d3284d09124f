using TinySaver.Core.Confidence;

namespace TinySaver.Inference.Graphs;

/// <summary>Reads off the graph whether an output is logits or probabilities.</summary>
/// <remarks>
/// The operator that computes the output decides, seen through operators that only move or convert numbers. Looking at
/// output values would not be reliable: logits of one image can happen to be positive and sum to 1.
/// </remarks>
internal static class ScoreKinds
{
    private static readonly HashSet<string> PassThrough =
        ["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "DequantizeLinear", "QuantizeLinear", "Dropout", "Transpose"];

    /// <summary>The kind of an output.</summary>
    /// <exception cref="InvalidModelException">The output is a sigmoid's: each class is judged alone, so an image may have many labels.</exception>
    public static ScoreKind Of(OnnxGraph graph, string output, string fileName)
    {
        NodeProto? node = graph.ProducerOf(output);
        // No way through a sound graph is longer than its nodes; a damaged one may lead in circles.
        for (int steps = graph.Model.Graph.Node.Count; steps > 0 && node is not null && PassThrough.Contains(node.OpType) && node.Input.Count > 0; steps--)
            node = graph.ProducerOf(node.Input[0]);

        return node?.OpType switch
        {
            "Softmax" or "QLinearSoftmax" => ScoreKind.Probabilities,
            // The logarithms of probabilities are logits: their softmax is those probabilities.
            "LogSoftmax" => ScoreKind.Logits,
            "Div" when IsSpelledOutSoftmax(graph, node) => ScoreKind.Probabilities,
            "Sigmoid" or "QLinearSigmoid" or "HardSigmoid" => throw new InvalidModelException(
                $"{fileName}: output '{output}' comes from a {node.OpType}, so an image can have several labels at once; " +
                "a cascade needs a model with one label an image (softmax or logits)."),
            _ => ScoreKind.Logits,
        };
    }

    // exp(x) / sum(exp(x)), as older TensorFlow exporters write it.
    private static bool IsSpelledOutSoftmax(OnnxGraph graph, NodeProto division) =>
        division.Input.Count == 2
        && graph.ProducerOf(division.Input[0])?.OpType == "Exp"
        && graph.ProducerOf(division.Input[1]) is { OpType: "ReduceSum" } sum
        && sum.Input.FirstOrDefault() == division.Input[0];
}
