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

    /// <summary>Writes <c>weights.Count</c> pixels of each of two rows, which takes less than twice as long as one.</summary>
    /// <param name="row">The pixels of a row and at least <see cref="ReadSlackBytes"/> behind them.</param>
    /// <param name="other">As many of another row, or of the same.</param>
    /// <param name="weights">Weights for positions within a row.</param>
    /// <param name="output">Room for the pixels of <paramref name="row"/>.</param>
    /// <param name="otherOutput">Room for the pixels of <paramref name="other"/>.</param>
    public static void Run(ReadOnlySpan<byte> row, ReadOnlySpan<byte> other, in ResampleWeights weights, Span<byte> output, Span<byte> otherOutput)
    {
        if (!Vector512.IsHardwareAccelerated && Avx2.IsSupported)
        {
            RunAvx2(row, other, weights, output, otherOutput);
            return;
        }

        Run(row, weights, output);
        Run(other, weights, otherOutput);
    }

    /// <summary>Writes <c>weights.Count</c> pixels of one row.</summary>
    public static void Run(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        if (Vector512.IsHardwareAccelerated)
            Run512(row, weights, output);
        else if (Avx2.IsSupported)
            RunAvx2(row, row, weights, output, output);
        else
            Run128(row, weights, output);
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void Run512(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        Check(row, weights, output);
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
    // halves, and their sum, are one instruction. One row in the lower half of the registers, the other in the upper.
    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void RunAvx2(ReadOnlySpan<byte> row, ReadOnlySpan<byte> other, in ResampleWeights weights, Span<byte> output, Span<byte> otherOutput)
    {
        Check(row, weights, output);
        Check(other, weights, otherOutput);

        // Of four pixels: R R G G B B A A of the first two and of the last two, each as 16 bits.
        Vector256<byte> firstPixels = InBoth(Vector128.Create(0, 0xFF, 4, 0xFF, 1, 0xFF, 5, 0xFF, 2, 0xFF, 6, 0xFF, 3, 0xFF, 7, (byte)0xFF));
        Vector256<byte> lastPixels = InBoth(Vector128.Create(8, 0xFF, 12, 0xFF, 9, 0xFF, 13, 0xFF, 10, 0xFF, 14, 0xFF, 11, 0xFF, 15, (byte)0xFF));

        // Of four weights: the low and the high halves of the first two and of the last two, for each channel.
        Vector256<byte> firstLow = Vector256.Create(0x0504_0100).AsByte();
        Vector256<byte> firstHigh = Vector256.Create(0x0706_0302).AsByte();
        Vector256<byte> lastLow = Vector256.Create(0x0D0C_0908).AsByte();
        Vector256<byte> lastHigh = Vector256.Create(0x0F0E_0B0A).AsByte();
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref byte otherSource = ref MemoryMarshal.GetReference(other);
        ref byte target = ref MemoryMarshal.GetReference(output);
        ref byte otherTarget = ref MemoryMarshal.GetReference(otherOutput);
        ref int weight = ref MemoryMarshal.GetReference(weights.Weights);
        ReadOnlySpan<int> starts = weights.Starts;
        ReadOnlySpan<int> taps = weights.Taps;
        for (int i = 0; i < starts.Length; i++)
        {
            nint start = (nint)starts[i] * DecodedImage.BytesPerPixel;
            var low = Vector256.Create(ResampleWeights.Half);
            Vector256<int> high = Vector256<int>.Zero;
            for (nint x = 0; x < taps[i]; x += 4)
            {
                nint at = start + (x * DecodedImage.BytesPerPixel);
                var pixels = Vector256.Create(Vector128.LoadUnsafe(ref source, (nuint)at), Vector128.LoadUnsafe(ref otherSource, (nuint)at));
                Vector256<short> first = Avx2.Shuffle(pixels, firstPixels).AsInt16();
                Vector256<short> last = Avx2.Shuffle(pixels, lastPixels).AsInt16();

                // A low half whose sign bit is set counts 65,536 less than its bits say, so the high half counts one more.
                Vector256<byte> lows = InBoth(Vector128.LoadUnsafe(ref weight, (nuint)x).AsByte());
                Vector256<byte> highs = (lows.AsInt32() + Vector256.Create(0x8000)).AsByte();
                low += Avx2.MultiplyAddAdjacent(first, Avx2.Shuffle(lows, firstLow).AsInt16());
                low += Avx2.MultiplyAddAdjacent(last, Avx2.Shuffle(lows, lastLow).AsInt16());
                high += Avx2.MultiplyAddAdjacent(first, Avx2.Shuffle(highs, firstHigh).AsInt16());
                high += Avx2.MultiplyAddAdjacent(last, Avx2.Shuffle(highs, lastHigh).AsInt16());
            }

            // Ten bits are left of a sum, so packing clamps it.
            Vector256<int> sum = ((high << 16) + low) >> ResampleWeights.PrecisionBits;
            Vector256<short> shorts = Avx2.PackSignedSaturate(sum, sum);
            Vector256<int> both = Avx2.PackUnsignedSaturate(shorts, shorts).AsInt32();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (nint)i * DecodedImage.BytesPerPixel), both.ToScalar());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref otherTarget, (nint)i * DecodedImage.BytesPerPixel), both.GetUpper().ToScalar());
            weight = ref Unsafe.Add(ref weight, weights.Stride);
        }
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void Run128(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        Check(row, weights, output);
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
    private static void Check(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        int end = weights.Starts[^1] + weights.Taps[^1];
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, (end * DecodedImage.BytesPerPixel) + ReadSlackBytes, nameof(row));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, weights.Count * DecodedImage.BytesPerPixel, nameof(output));
    }

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
