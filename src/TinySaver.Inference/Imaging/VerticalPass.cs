using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
    public static void Run(
        ReadOnlySpan<byte> rows, int strideBytes, int rowCount, int first, ReadOnlySpan<int> weights, Span<byte> output, int byteCount)
    {
        // The loops go unchecked from here.
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, ((rowCount - 1) * strideBytes) + byteCount + SlackBytes, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, byteCount + SlackBytes, nameof(output));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weights.Length, rowCount, nameof(weights));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, rowCount);

        if (Avx2.IsSupported)
            RunAvx2(rows, strideBytes, rowCount, first, weights, output, byteCount);
        else
            RunAny(rows, strideBytes, rowCount, first, weights, output, byteCount);
    }

    // Two rows at a time, with weights as two halves of 16 bits: HorizontalPass says how. The lanes of a register stay apart throughout.
    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void RunAvx2(
        ReadOnlySpan<byte> rows, int strideBytes, int rowCount, int first, ReadOnlySpan<int> weights, Span<byte> output, int byteCount)
    {
        ref byte source = ref MemoryMarshal.GetReference(rows);
        ref byte target = ref MemoryMarshal.GetReference(output);
        for (nint offset = 0; offset < byteCount; offset += Vector256<byte>.Count)
        {
            var low0 = Vector256.Create(ResampleWeights.Half);
            (Vector256<int> low1, Vector256<int> low2, Vector256<int> low3) = (low0, low0, low0);
            Vector256<int> high0 = Vector256<int>.Zero;
            (Vector256<int> high1, Vector256<int> high2, Vector256<int> high3) = (high0, high0, high0);
            int place = first;
            for (int i = 0; i < weights.Length; i += 2)
            {
                var row = Vector256.LoadUnsafe(ref source, (nuint)(((nint)place * strideBytes) + offset));
                if (++place == rowCount)
                    place = 0;

                // Where the rows are odd in number, the last one's partner counts nothing.
                (int weight, int next) = (weights[i], i + 1 < weights.Length ? weights[i + 1] : 0);
                var nextRow = Vector256.LoadUnsafe(ref source, (nuint)(((nint)place * strideBytes) + offset));
                if (++place == rowCount)
                    place = 0;

                Vector256<byte> lower = Avx2.UnpackLow(row, nextRow);
                Vector256<byte> upper = Avx2.UnpackHigh(row, nextRow);
                Vector256<short> pairs0 = Avx2.UnpackLow(lower, Vector256<byte>.Zero).AsInt16();
                Vector256<short> pairs1 = Avx2.UnpackHigh(lower, Vector256<byte>.Zero).AsInt16();
                Vector256<short> pairs2 = Avx2.UnpackLow(upper, Vector256<byte>.Zero).AsInt16();
                Vector256<short> pairs3 = Avx2.UnpackHigh(upper, Vector256<byte>.Zero).AsInt16();
                Vector256<short> lows = Vector256.Create((weight & 0xFFFF) | (next << 16)).AsInt16();
                low0 += Avx2.MultiplyAddAdjacent(pairs0, lows);
                low1 += Avx2.MultiplyAddAdjacent(pairs1, lows);
                low2 += Avx2.MultiplyAddAdjacent(pairs2, lows);
                low3 += Avx2.MultiplyAddAdjacent(pairs3, lows);
                Vector256<short> highs = Vector256.Create(((weight + 0x8000) >>> 16) | ((next + 0x8000) & ~0xFFFF)).AsInt16();
                high0 += Avx2.MultiplyAddAdjacent(pairs0, highs);
                high1 += Avx2.MultiplyAddAdjacent(pairs1, highs);
                high2 += Avx2.MultiplyAddAdjacent(pairs2, highs);
                high3 += Avx2.MultiplyAddAdjacent(pairs3, highs);
            }

            // Ten bits are left of a sum, so packing clamps it.
            Avx2.PackUnsignedSaturate(
                Avx2.PackSignedSaturate(((high0 << 16) + low0) >> ResampleWeights.PrecisionBits, ((high1 << 16) + low1) >> ResampleWeights.PrecisionBits),
                Avx2.PackSignedSaturate(((high2 << 16) + low2) >> ResampleWeights.PrecisionBits, ((high3 << 16) + low3) >> ResampleWeights.PrecisionBits))
                .StoreUnsafe(ref target, (nuint)offset);
        }
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void RunAny(
        ReadOnlySpan<byte> rows, int strideBytes, int rowCount, int first, ReadOnlySpan<int> weights, Span<byte> output, int byteCount)
    {
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
