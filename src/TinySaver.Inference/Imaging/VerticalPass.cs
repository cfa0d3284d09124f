using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TinySaver.Inference.Imaging;

/// <summary>Blends rows of equal width into one: the second of Pillow's two passes, exact to the bit.</summary>
internal static class VerticalPass
{
    /// <summary>Bytes behind the last row's pixels that a pass may read and behind the output's that it may write: a vector less one byte.</summary>
    public const int SlackBytes = 64;

    /// <summary>Writes one row: Σ weights[i] × row[(first + i) mod rowCount], rounded and clamped.</summary>
    /// <param name="rows">Rows <paramref name="strideBytes"/> apart and <see cref="SlackBytes"/> behind the last; used as a ring.</param>
    /// <param name="strideBytes">From one row to the next.</param>
    /// <param name="rowCount">Rows in the ring.</param>
    /// <param name="first">The ring place of the first row to blend.</param>
    /// <param name="weights">A weight for each row to blend.</param>
    /// <param name="output">Room for <paramref name="byteCount"/> bytes and <see cref="SlackBytes"/>.</param>
    /// <param name="byteCount">Bytes of a row to compute.</param>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void Run(
        ReadOnlySpan<byte> rows, int strideBytes, int rowCount, int first, ReadOnlySpan<int> weights, Span<byte> output, int byteCount)
    {
        // The loops go unchecked from here.
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, ((rowCount - 1) * strideBytes) + byteCount + SlackBytes, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, byteCount + SlackBytes, nameof(output));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weights.Length, rowCount, nameof(weights));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, rowCount);

        ref byte source = ref MemoryMarshal.GetReference(rows);
        ref byte target = ref MemoryMarshal.GetReference(output);
        for (nint offset = 0; offset < byteCount; offset += Vector<byte>.Count)
        {
            var sum0 = new Vector<int>(ResampleWeights.Half);
            Vector<int> sum1 = sum0;
            Vector<int> sum2 = sum0;
            Vector<int> sum3 = sum0;
            int place = first;
            foreach (int weight in weights)
            {
                var bytes = Vector.LoadUnsafe(ref source, (nuint)(((nint)place * strideBytes) + offset));
                Vector.Widen(bytes, out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> wide0, out Vector<uint> wide1);
                Vector.Widen(high, out Vector<uint> wide2, out Vector<uint> wide3);
                var factor = new Vector<int>(weight);
                sum0 += wide0.As<uint, int>() * factor;
                sum1 += wide1.As<uint, int>() * factor;
                sum2 += wide2.As<uint, int>() * factor;
                sum3 += wide3.As<uint, int>() * factor;
                if (++place == rowCount)
                    place = 0;
            }

            var result = Vector.Narrow(
                Vector.Narrow(Clamped(sum0), Clamped(sum1)),
                Vector.Narrow(Clamped(sum2), Clamped(sum3)));
            result.StoreUnsafe(ref target, (nuint)offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Clamped(Vector<int> sum) =>
        Vector.Min(Vector.Max(sum >> ResampleWeights.PrecisionBits, Vector<int>.Zero), new Vector<int>(255)).As<int, uint>();
}
