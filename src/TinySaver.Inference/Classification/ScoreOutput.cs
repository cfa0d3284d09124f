using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace TinySaver.Inference.Classification;

/// <summary>The output that holds the scores.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Float or Float16.</param>
/// <param name="Rank">Its dimensions: 2, or more where those after the columns are 1.</param>
/// <param name="IsColumnCountKnown">Whether the graph fixes the number of columns.</param>
internal sealed record ScoreOutput(string Name, TensorElementType Type, int Rank, bool IsColumnCountKnown)
{
    private const string PreferredName = "logits";

    /// <summary>Chooses the output named logits, else the first of rank 2 with as many columns as labels.</summary>
    /// <exception cref="InvalidModelException">No output fits.</exception>
    public static ScoreOutput Choose(InferenceSession session, int labelCount, string fileName)
    {
        (string Name, NodeMetadata Meta)[] outputs = session.OutputNames.Select(name => (Name: name, Meta: session.OutputMetadata[name])).ToArray();
        (string Name, NodeMetadata Meta) named = outputs.FirstOrDefault(static output => output.Name == PreferredName);
        (string Name, NodeMetadata Meta) chosen = named.Meta is not null
            ? Fits(named.Meta, labelCount) ? named : default
            : outputs.FirstOrDefault(output => HasColumns(output.Meta, labelCount));
        // Where a single output's columns are left open, a trial run tells.
        if (chosen.Meta is null && outputs is [var only] && Fits(only.Meta, labelCount))
            chosen = only;
        if (chosen.Meta is null)
        {
            throw new InvalidModelException(
                $"{fileName} has no output for {labelCount} labels; there is {string.Join(", ", outputs.Select(Describe))}, " +
                $"and expected is [batch, {labelCount}]. Correct the labels in config.json, or export the model with its classification head.");
        }

        TensorElementType type = chosen.Meta.ElementDataType;
        if (type is not (TensorElementType.Float or TensorElementType.Float16))
        {
            throw new InvalidModelException(
                $"{fileName}: output '{chosen.Name}' is of type {type}; float32 and float16 are supported, so export the model with one of them.");
        }

        return new ScoreOutput(chosen.Name, type, chosen.Meta.Dimensions.Length, chosen.Meta.Dimensions[1] > 0);
    }

    /// <summary>The shape for a number of images.</summary>
    public long[] Shape(int images, int columns)
    {
        long[] shape = new long[Rank];
        Array.Fill(shape, 1);
        (shape[0], shape[1]) = (images, columns);
        return shape;
    }

    // Old exports keep the pooled height and width: [batch, classes, 1, 1].
    private static bool IsMatrix(NodeMetadata output) =>
        output.IsTensor && output.Dimensions.Length >= 2 && output.Dimensions.AsSpan(2).IndexOfAnyExcept(1) < 0;

    private static bool HasColumns(NodeMetadata output, int count) => IsMatrix(output) && output.Dimensions[1] == count;

    private static bool Fits(NodeMetadata output, int count) => IsMatrix(output) && (output.Dimensions[1] == count || output.Dimensions[1] <= 0);

    private static string Describe((string Name, NodeMetadata Meta) output) => output.Meta.IsTensor
        ? $"'{output.Name}' [{string.Join(", ", output.Meta.Dimensions.Select(static (d, i) => d > 0 ? $"{d}" : i == 0 ? "batch" : "?"))}]"
        : $"'{output.Name}' (not a tensor)";
}
