using System.Buffers.Binary;
using System.Text;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>Writes ONNX models by hand: the mean of each colour channel, times a weight, plus a bias, are the logits of red, green and blue.</summary>
internal static class TestOnnx
{
    private const int Float = 1;
    private const int Int64 = 7;

    /// <summary>A model of three classes over 8×8 images.</summary>
    /// <param name="weight">How strongly the channels' means, in 0 to 1, move the logits.</param>
    /// <param name="bias">What is added to each logit.</param>
    /// <param name="batch">The batch size that the graph fixes; null for any.</param>
    /// <param name="throwsOnWhite">Whether a run fails in which an image has a channel that is bright throughout.</param>
    public static byte[] MeanColour(float weight, float[] bias, int? batch = null, bool throwsOnWhite = false)
    {
        float[] weights = [weight, 0, 0, 0, weight, 0, 0, 0, weight];

        // A whole mean of 1 asks for the second of one zero.
        byte[] guard = !throwsOnWhite ? [] :
        [
            .. Node("Cast", ["means"], "whole", ("to", Int64)),
            .. Node("Gather", ["zero", "whole"], "zeros"),
            .. Node("Add", ["means", "zeros"], "guarded"),
            .. Tensor("zero", [1], [0]),
        ];
        byte[] graph =
        [
            .. Node("GlobalAveragePool", ["pixel_values"], "pooled"),
            .. Node("Flatten", ["pooled"], "means"),
            .. guard,
            .. Node("Gemm", [throwsOnWhite ? "guarded" : "means", "weights", "bias"], "logits"),
            .. Text(2, "mean_colour"),
            .. Tensor("weights", [3, 3], weights),
            .. Tensor("bias", [3], bias),
            .. Message(11, Value("pixel_values", batch, 3, 8, 8)),
            .. Message(12, Value("logits", batch, 3)),
        ];
        return [.. Number(1, 8), .. Message(7, graph), .. Message(8, Number(2, 13))];
    }

    private static byte[] Node(string type, string[] inputs, string output, params (string Name, int Value)[] attributes) => Message(
        1,
        [
            .. inputs.SelectMany(i => Text(1, i)), .. Text(2, output), .. Text(4, type),
            .. attributes.SelectMany(a => Message(5, [.. Text(1, a.Name), .. Number(3, (ulong)a.Value), .. Number(20, 2)])),
        ]);

    private static byte[] Tensor(string name, long[] dimensions, float[] values)
    {
        byte[] raw = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);

        return Message(5, [.. dimensions.SelectMany(d => Number(1, (ulong)d)), .. Number(2, Float), .. Text(8, name), .. Message(9, raw)]);
    }

    private static byte[] Value(string name, int? batch, params int[] dimensions)
    {
        byte[] first = batch is { } size ? Number(1, (ulong)size) : Text(2, "batch");
        byte[] shape = [.. Message(1, first), .. dimensions.SelectMany(d => Message(1, Number(1, (ulong)d)))];
        return [.. Text(1, name), .. Message(2, Message(1, [.. Number(1, Float), .. Message(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((value & 0x7F) | (value > 0x7F ? 0x80u : 0)));
            value >>= 7;
        }
        while (value > 0);
        return bytes;
    }
}
