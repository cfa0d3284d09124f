using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging;

/// <summary>Resamples one row of pixels to another width: the first of Pillow's two passes, exact to the bit.</summary>
/// <remarks>
/// The same sums three times, for registers of 128, 256 and 512 bits (1, 2 and 4 weights at a time, all four channels of a pixel
/// side by side). Integer sums do not depend on their order, so all three agree; each also runs, slowly, where the hardware lacks
/// its width, which is how tests reach them all.
/// </remarks>
internal static class HorizontalPass
{
    /// <summary>Bytes behind the last pixel of a row that a pass may read (never use): the zero weights of the last block.</summary>
    public const int ReadSlackBytes = ResampleWeights.TapBlock * DecodedImage.BytesPerPixel;

    /// <summary>Writes <c>weights.Count</c> pixels to <paramref name="output"/>.</summary>
    /// <param name="row">The pixels of a row and at least <see cref="ReadSlackBytes"/> behind them.</param>
    /// <param name="weights">Weights for positions within that row.</param>
    /// <param name="output">Room for the pixels.</param>
    public static void Run(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        if (Vector512.IsHardwareAccelerated)
            Run512(row, weights, output);
        else if (Vector256.IsHardwareAccelerated)
            Run256(row, weights, output);
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

    [MethodImpl(HotLoop.CompiledOnce)]
    internal static void Run256(ReadOnlySpan<byte> row, in ResampleWeights weights, Span<byte> output)
    {
        Check(row, weights, output);
        var spread = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1);
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref byte target = ref MemoryMarshal.GetReference(output);
        ref int weight = ref MemoryMarshal.GetReference(weights.Weights);
        ReadOnlySpan<int> starts = weights.Starts;
        ReadOnlySpan<int> taps = weights.Taps;
        for (int i = 0; i < starts.Length; i++)
        {
            ref byte pixel = ref Unsafe.Add(ref source, (nint)starts[i] * DecodedImage.BytesPerPixel);
            Vector256<int> sum = Vector256<int>.Zero;
            for (nint x = 0; x < taps[i]; x += 2)
            {
                // Not as a Vector64: no register of x86 has its width, so each would be made in memory.
                long pair = Unsafe.ReadUnaligned<long>(ref Unsafe.As<int, byte>(ref Unsafe.Add(ref weight, x)));
                Vector256<int> two = Vector128.CreateScalarUnsafe(pair).AsInt32().ToVector256Unsafe();
                sum += Widen256(ref Unsafe.Add(ref pixel, x * DecodedImage.BytesPerPixel)) * Vector256.Shuffle(two, spread);
            }

            Store(sum.GetLower() + sum.GetUpper(), ref Unsafe.Add(ref target, (nint)i * DecodedImage.BytesPerPixel));
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
    private static Vector256<int> Widen256(ref byte pixels)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref pixels)).AsByte();
        return Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(bytes)
            : Vector256.Create(Widen128(ref pixels), Widen128(ref Unsafe.Add(ref pixels, 4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen128(ref byte pixel)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }
}
