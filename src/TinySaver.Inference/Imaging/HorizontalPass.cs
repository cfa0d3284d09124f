using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging;

/// <summary>Resamples rows of pixels to another width: the first of Pillow's two passes, exact to the bit.</summary>
/// <remarks>
/// The same sums three times: for registers of 128 and 512 bits (1 and 4 weights at a time, all four channels of a pixel side by side),
/// and for AVX2, which multiplies 32 bits slowly. Integer sums do not depend on their order, so all three agree.
/// </remarks>
internal static class HorizontalPass
{
    /// <summary>Bytes behind the last pixel of a row that a pass may read (never use): the zero weights of the last block.</summary>
    public const int ReadSlackBytes = ResampleWeights.TapBlock * DecodedImage.BytesPerPixel;

    /// <summary>Rows that are resampled together: they share the work on the weights.</summary>
    public const int Rows = 4;

    /// <summary>Writes <c>weights.Count</c> pixels of each of <see cref="Rows"/> rows, of which some may be the same.</summary>
    /// <param name="row0">The pixels of a row and at least <see cref="ReadSlackBytes"/> behind them.</param>
    /// <param name="row1">As many of the second row.</param>
    /// <param name="row2">As many of the third.</param>
    /// <param name="row3">As many of the last.</param>
    /// <param name="weights">Weights for positions within a row.</param>
    /// <param name="output">Room for the rows.</param>
    /// <param name="outputStride">Bytes from one row in <paramref name="output"/> to the next.</param>
    public static void Run(
        ReadOnlySpan<byte> row0, ReadOnlySpan<byte> row1, ReadOnlySpan<byte> row2, ReadOnlySpan<byte> row3, in ResampleWeights weights, Span<byte> output, int outputStride)
    {
        Check(row0, row1, row2, row3, weights, output, outputStride);
        if (Vector512.IsHardwareAccelerated)
        {
            Run512(row0, weights, output);
            Run512(row1, weights, output[outputStride..]);
            Run512(row2, weights, output[(2 * outputStride)..]);
            Run512(row3, weights, output[(3 * outputStride)..]);
        }
        else if (Avx2.IsSupported)
        {
            RunAvx2(row0, row1, row2, row3, weights, output, outputStride);
        }
        else
        {
            Run128(row0, weights, output);
            Run128(row1, weights, output[outputStride..]);
            Run128(row2, weights, output[(2 * outputStride)..]);
            Run128(row3, weights, output[(3 * outputStride)..]);
        }
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void Run512(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        var spread = Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref byte target = ref MemoryMarshal.GetReference(output);
        ref int weight = ref MemoryMarshal.GetReference(weights.Weights);
        ReadOnlySpan<int> starts = weights.Starts;
        ReadOnlySpan<int> taps = weights.Taps;
        for (int i = 0; i < starts.Length; i++)
        {
            ref byte pixel = ref Unsafe.Add(ref source, (nint)starts[i] * DecodedImage.BytesPerPixel);
            Vector512<int> sum = Vector512<int>.Zero;
            for (nint x = 0; x < taps[i]; x += 4)
            {
                Vector512<int> four = Vector128.LoadUnsafe(ref weight, (nuint)x).ToVector256Unsafe().ToVector512Unsafe();
                sum += Widen512(ref Unsafe.Add(ref pixel, x * DecodedImage.BytesPerPixel)) * Vector512.Shuffle(four, spread);
            }

            Vector256<int> half = sum.GetLower() + sum.GetUpper();
            Store(half.GetLower() + half.GetUpper(), ref Unsafe.Add(ref target, (nint)i * DecodedImage.BytesPerPixel));
            weight = ref Unsafe.Add(ref weight, weights.Stride);
        }
    }

    // Weights as two halves of 16 bits, w = 65,536 × high + low with low from −32,768 to 32,767: the products of two pixels with two
    // halves, and their sum, are one instruction. Two rows in each register, one in its lower half and one in its upper.
    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void RunAvx2(
        ReadOnlySpan<byte> row0, ReadOnlySpan<byte> row1, ReadOnlySpan<byte> row2, ReadOnlySpan<byte> row3, in ResampleWeights weights, Span<byte> output, int outputStride)
    {
        // Of four pixels: R R G G B B A A of the first two and of the last two, each as 16 bits.
        Vector256<byte> firstPixels = InBoth(Vector128.Create(0, 0xFF, 4, 0xFF, 1, 0xFF, 5, 0xFF, 2, 0xFF, 6, 0xFF, 3, 0xFF, 7, (byte)0xFF));
        Vector256<byte> lastPixels = InBoth(Vector128.Create(8, 0xFF, 12, 0xFF, 9, 0xFF, 13, 0xFF, 10, 0xFF, 14, 0xFF, 11, 0xFF, 15, (byte)0xFF));

        // Of four weights: the low and the high halves of the first two and of the last two, for each channel.
        Vector256<byte> firstLow = Vector256.Create(0x0504_0100).AsByte();
        Vector256<byte> firstHigh = Vector256.Create(0x0706_0302).AsByte();
        Vector256<byte> lastLow = Vector256.Create(0x0D0C_0908).AsByte();
        Vector256<byte> lastHigh = Vector256.Create(0x0F0E_0B0A).AsByte();
        ref byte source0 = ref MemoryMarshal.GetReference(row0);
        ref byte source1 = ref MemoryMarshal.GetReference(row1);
        ref byte source2 = ref MemoryMarshal.GetReference(row2);
        ref byte source3 = ref MemoryMarshal.GetReference(row3);
        ref byte target = ref MemoryMarshal.GetReference(output);
        ref int weight = ref MemoryMarshal.GetReference(weights.Weights);
        ReadOnlySpan<int> starts = weights.Starts;
        ReadOnlySpan<int> taps = weights.Taps;
        for (int i = 0; i < starts.Length; i++)
        {
            nuint at = (nuint)starts[i] * DecodedImage.BytesPerPixel;
            var low01 = Vector256.Create(ResampleWeights.Half);
            Vector256<int> low23 = low01;
            Vector256<int> high01 = Vector256<int>.Zero;
            Vector256<int> high23 = high01;
            nuint x = 0;
            for (nuint blocks = (nuint)(taps[i] + 1) / 4; blocks > 0; blocks--)
            {
                var pixels01 = Vector256.Create(Vector128.LoadUnsafe(ref source0, at), Vector128.LoadUnsafe(ref source1, at));
                var pixels23 = Vector256.Create(Vector128.LoadUnsafe(ref source2, at), Vector128.LoadUnsafe(ref source3, at));
                Vector256<short> first01 = Avx2.Shuffle(pixels01, firstPixels).AsInt16();
                Vector256<short> first23 = Avx2.Shuffle(pixels23, firstPixels).AsInt16();
                Vector256<short> last01 = Avx2.Shuffle(pixels01, lastPixels).AsInt16();
                Vector256<short> last23 = Avx2.Shuffle(pixels23, lastPixels).AsInt16();
                Vector256<byte> lows = InBoth(Vector128.LoadUnsafe(ref weight, x).AsByte());
                Vector256<byte> highs = Highs(lows);
                Vector256<short> factor = Avx2.Shuffle(lows, firstLow).AsInt16();
                low01 += Avx2.MultiplyAddAdjacent(first01, factor);
                low23 += Avx2.MultiplyAddAdjacent(first23, factor);
                factor = Avx2.Shuffle(highs, firstHigh).AsInt16();
                high01 += Avx2.MultiplyAddAdjacent(first01, factor);
                high23 += Avx2.MultiplyAddAdjacent(first23, factor);
                factor = Avx2.Shuffle(lows, lastLow).AsInt16();
                low01 += Avx2.MultiplyAddAdjacent(last01, factor);
                low23 += Avx2.MultiplyAddAdjacent(last23, factor);
                factor = Avx2.Shuffle(highs, lastHigh).AsInt16();
                high01 += Avx2.MultiplyAddAdjacent(last01, factor);
                high23 += Avx2.MultiplyAddAdjacent(last23, factor);
                at += 4 * DecodedImage.BytesPerPixel;
                x += 4;
            }

            // One or two weights are left: half a block.
            if (((taps[i] + 1) & 2) != 0)
            {
                var pixels01 = Vector256.Create(Vector128.LoadUnsafe(ref source0, at), Vector128.LoadUnsafe(ref source1, at));
                var pixels23 = Vector256.Create(Vector128.LoadUnsafe(ref source2, at), Vector128.LoadUnsafe(ref source3, at));
                Vector256<short> first01 = Avx2.Shuffle(pixels01, firstPixels).AsInt16();
                Vector256<short> first23 = Avx2.Shuffle(pixels23, firstPixels).AsInt16();
                Vector256<byte> lows = InBoth(Vector128.LoadUnsafe(ref weight, x).AsByte());
                Vector256<short> factor = Avx2.Shuffle(lows, firstLow).AsInt16();
                low01 += Avx2.MultiplyAddAdjacent(first01, factor);
                low23 += Avx2.MultiplyAddAdjacent(first23, factor);
                factor = Avx2.Shuffle(Highs(lows), firstHigh).AsInt16();
                high01 += Avx2.MultiplyAddAdjacent(first01, factor);
                high23 += Avx2.MultiplyAddAdjacent(first23, factor);
            }

            // Ten bits are left of a sum, so packing clamps it. Lanes then hold rows 0 and 2, rows 1 and 3.
            Vector256<short> shorts = Avx2.PackSignedSaturate(
                ((high01 << 16) + low01) >> ResampleWeights.PrecisionBits, ((high23 << 16) + low23) >> ResampleWeights.PrecisionBits);
            Vector256<int> four = Avx2.PackUnsignedSaturate(shorts, shorts).AsInt32();
            ref byte pixel = ref Unsafe.Add(ref target, (nint)i * DecodedImage.BytesPerPixel);
            Unsafe.WriteUnaligned(ref pixel, four.GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref pixel, outputStride), four.GetElement(4));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref pixel, 2 * outputStride), four.GetElement(1));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref pixel, 3 * outputStride), four.GetElement(5));
            weight = ref Unsafe.Add(ref weight, weights.Stride);
        }
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void Run128(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref byte target = ref MemoryMarshal.GetReference(output);
        ref int weight = ref MemoryMarshal.GetReference(weights.Weights);
        ReadOnlySpan<int> starts = weights.Starts;
        ReadOnlySpan<int> taps = weights.Taps;
        for (int i = 0; i < starts.Length; i++)
        {
            ref byte pixel = ref Unsafe.Add(ref source, (nint)starts[i] * DecodedImage.BytesPerPixel);
            Vector128<int> sum = Vector128<int>.Zero;
            for (nint x = 0; x < taps[i]; x++)
                sum += Widen128(ref Unsafe.Add(ref pixel, x * DecodedImage.BytesPerPixel)) * Vector128.Create(Unsafe.Add(ref weight, x));

            Store(sum, ref Unsafe.Add(ref target, (nint)i * DecodedImage.BytesPerPixel));
            weight = ref Unsafe.Add(ref weight, weights.Stride);
        }
    }

    // The loops go unchecked from here, so one look at the extremes; starts and ends never decrease.
    private static void Check(
        ReadOnlySpan<byte> row0, ReadOnlySpan<byte> row1, ReadOnlySpan<byte> row2, ReadOnlySpan<byte> row3, in ResampleWeights weights, Span<byte> output, int outputStride)
    {
        int row = ((weights.Starts[^1] + weights.Taps[^1]) * DecodedImage.BytesPerPixel) + ReadSlackBytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(row0.Length, row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row1.Length, row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row2.Length, row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row3.Length, row);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputStride, weights.Count * DecodedImage.BytesPerPixel);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, Rows * outputStride);
    }

    // A low half whose sign bit is set counts 65,536 less than its bits say, so the high half counts one more.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Highs(Vector256<byte> weights) => (weights.AsInt32() + Vector256.Create(0x8000)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<int> sum, ref byte target)
    {
        Vector128<int> value = (sum + Vector128.Create(ResampleWeights.Half)) >> ResampleWeights.PrecisionBits;
        value = Vector128.Min(Vector128.Max(value, Vector128<int>.Zero), Vector128.Create(255));
        var shorts = Vector128.Narrow(value, value);
        Unsafe.WriteUnaligned(ref target, Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen512(ref byte pixels)
    {
        var bytes = Vector128.LoadUnsafe(ref pixels);
        return Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(bytes)
            : Vector512.Create(
                Vector256.Create(Widen128(ref pixels), Widen128(ref Unsafe.Add(ref pixels, 4))),
                Vector256.Create(Widen128(ref Unsafe.Add(ref pixels, 8)), Widen128(ref Unsafe.Add(ref pixels, 12))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> InBoth(Vector128<byte> half) => Vector256.Create(half, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen128(ref byte pixel)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }
}
