using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>The inverse DCT of 8×8 blocks, equal to libjpeg's accurate integer one (<c>jidctint</c>) to the bit.</summary>
/// <remarks>C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989.</remarks>
internal static class InverseDct
{
    // 13 fractional bits in the constants, 2 kept between the passes; the second also divides by the transform's gain of 8.
    private const int ConstantBits = 13;
    private const int KeptBits = 2;

    // Of a column, dequantised and without signs. 8-bit samples give at most 2,896 (2√2 · 8 · 128), and rounding to the largest factor
    // adds 8 · 127.5. Up to 4,250 in every column, no sum of either pass leaves 32 bits: (8 · 4 · 1.3871 · 4,250) · 1.3871 · 2^13 < 2^31.
    private const int MaxColumnSum = 4_200;

    /// <summary>
    /// Dequantises and transforms a block and writes its 8 rows of 8 samples. False, and nothing written, where the coefficients are so
    /// large that no image gives them: libjpeg's sums have 64 bits on some platforms, ours 32.
    /// </summary>
    /// <param name="block">64 coefficients, rows from the top.</param>
    /// <param name="quantisation">64 factors in the same order.</param>
    /// <param name="samples">The first row's first sample.</param>
    /// <param name="stride">Samples from row to row.</param>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static bool TryWrite(ReadOnlySpan<short> block, ReadOnlySpan<int> quantisation, Span<byte> samples, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(quantisation.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples.Length, (7 * stride) + 8);
        ref short source = ref MemoryMarshal.GetReference(block);
        ref int factor = ref MemoryMarshal.GetReference(quantisation);
        Vector256<int> r0 = Row(ref source, ref factor, 0);
        Vector256<int> r1 = Row(ref source, ref factor, 1);
        Vector256<int> r2 = Row(ref source, ref factor, 2);
        Vector256<int> r3 = Row(ref source, ref factor, 3);
        Vector256<int> r4 = Row(ref source, ref factor, 4);
        Vector256<int> r5 = Row(ref source, ref factor, 5);
        Vector256<int> r6 = Row(ref source, ref factor, 6);
        Vector256<int> r7 = Row(ref source, ref factor, 7);
        Vector256<int> sums = Vector256.Abs(r0) + Vector256.Abs(r1) + Vector256.Abs(r2) + Vector256.Abs(r3)
            + Vector256.Abs(r4) + Vector256.Abs(r5) + Vector256.Abs(r6) + Vector256.Abs(r7);
        if (Vector256.GreaterThanAny(sums, Vector256.Create(MaxColumnSum)))
            return false;
        Pass(ConstantBits - KeptBits, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass(ConstantBits + KeptBits + 3, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        ref byte target = ref MemoryMarshal.GetReference(samples);
        Store(r0, r1, ref target, stride);
        Store(r2, r3, ref Unsafe.Add(ref target, 2 * stride), stride);
        Store(r4, r5, ref Unsafe.Add(ref target, 4 * stride), stride);
        Store(r6, r7, ref Unsafe.Add(ref target, 6 * stride), stride);
        return true;
    }

    /// <summary>The same for a block whose only coefficient is the first: all samples are alike.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void WriteFlat(int coefficient, int quantisation, Span<byte> samples, int stride)
    {
        int level = ((coefficient * quantisation * (1 << KeptBits)) + (1 << (KeptBits + 2))) >> (KeptBits + 3);
        byte value = (byte)Math.Clamp(((level << 22) >> 22) + 128, 0, 255);
        for (int y = 0; y < 8; y++)
            samples.Slice(y * stride, 8).Fill(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Row(ref short source, ref int factor, nuint row) =>
        Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref source, row * 8)) * Vector256.LoadUnsafe(ref factor, row * 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        int shift, ref Vector256<int> r0, ref Vector256<int> r1, ref Vector256<int> r2, ref Vector256<int> r3,
        ref Vector256<int> r4, ref Vector256<int> r5, ref Vector256<int> r6, ref Vector256<int> r7)
    {
        // Even part; each constant is round(x · 2^13) of the x behind it.
        Vector256<int> shared = (r2 + r6) * 4433; // 0.541196100
        Vector256<int> even2 = shared - (r6 * 15137); // 1.847759065
        Vector256<int> even3 = shared + (r2 * 6270); // 0.765366865
        Vector256<int> even0 = (r0 + r4) << ConstantBits;
        Vector256<int> even1 = (r0 - r4) << ConstantBits;
        var half = Vector256.Create(1 << (shift - 1));
        Vector256<int> sum0 = even0 + even3 + half;
        Vector256<int> sum3 = even0 - even3 + half;
        Vector256<int> sum1 = even1 + even2 + half;
        Vector256<int> sum2 = even1 - even2 + half;

        // Odd part.
        Vector256<int> all = (r7 + r3 + r5 + r1) * 9633; // 1.175875602
        Vector256<int> z1 = (r7 + r1) * -7373; // 0.899976223
        Vector256<int> z2 = (r5 + r3) * -20995; // 2.562915447
        Vector256<int> z3 = ((r7 + r3) * -16069) + all; // 1.961570560
        Vector256<int> z4 = ((r5 + r1) * -3196) + all; // 0.390180644
        Vector256<int> odd0 = (r7 * 2446) + z1 + z3; // 0.298631336
        Vector256<int> odd1 = (r5 * 16819) + z2 + z4; // 2.053119869
        Vector256<int> odd2 = (r3 * 25172) + z2 + z3; // 3.072711026
        Vector256<int> odd3 = (r1 * 12299) + z1 + z4; // 1.501321110

        r0 = (sum0 + odd3) >> shift;
        r7 = (sum0 - odd3) >> shift;
        r1 = (sum1 + odd2) >> shift;
        r6 = (sum1 - odd2) >> shift;
        r2 = (sum2 + odd1) >> shift;
        r5 = (sum2 - odd1) >> shift;
        r3 = (sum3 + odd0) >> shift;
        r4 = (sum3 - odd0) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> r0, ref Vector256<int> r1, ref Vector256<int> r2, ref Vector256<int> r3,
        ref Vector256<int> r4, ref Vector256<int> r5, ref Vector256<int> r6, ref Vector256<int> r7)
    {
        (Vector256<long> a0, Vector256<long> a1) = (Avx2.UnpackLow(r0, r1).AsInt64(), Avx2.UnpackHigh(r0, r1).AsInt64());
        (Vector256<long> a2, Vector256<long> a3) = (Avx2.UnpackLow(r2, r3).AsInt64(), Avx2.UnpackHigh(r2, r3).AsInt64());
        (Vector256<long> a4, Vector256<long> a5) = (Avx2.UnpackLow(r4, r5).AsInt64(), Avx2.UnpackHigh(r4, r5).AsInt64());
        (Vector256<long> a6, Vector256<long> a7) = (Avx2.UnpackLow(r6, r7).AsInt64(), Avx2.UnpackHigh(r6, r7).AsInt64());
        (Vector256<int> b0, Vector256<int> b1) = (Avx2.UnpackLow(a0, a2).AsInt32(), Avx2.UnpackHigh(a0, a2).AsInt32());
        (Vector256<int> b2, Vector256<int> b3) = (Avx2.UnpackLow(a1, a3).AsInt32(), Avx2.UnpackHigh(a1, a3).AsInt32());
        (Vector256<int> b4, Vector256<int> b5) = (Avx2.UnpackLow(a4, a6).AsInt32(), Avx2.UnpackHigh(a4, a6).AsInt32());
        (Vector256<int> b6, Vector256<int> b7) = (Avx2.UnpackLow(a5, a7).AsInt32(), Avx2.UnpackHigh(a5, a7).AsInt32());
        (r0, r4) = (Avx2.Permute2x128(b0, b4, 0x20), Avx2.Permute2x128(b0, b4, 0x31));
        (r1, r5) = (Avx2.Permute2x128(b1, b5, 0x20), Avx2.Permute2x128(b1, b5, 0x31));
        (r2, r6) = (Avx2.Permute2x128(b2, b6, 0x20), Avx2.Permute2x128(b2, b6, 0x31));
        (r3, r7) = (Avx2.Permute2x128(b3, b7, 0x20), Avx2.Permute2x128(b3, b7, 0x31));
    }

    // libjpeg looks samples up by their low 10 bits, so those beyond are cut off here too; then 0 to 255 around the middle of 128.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> upper, Vector256<int> lower, ref byte target, int stride)
    {
        Vector256<short> shorts = Avx2.PackSignedSaturate((upper << 22) >> 22, (lower << 22) >> 22) + Vector256.Create((short)128);
        // Lanes hold upper 0-3, lower 0-3 | upper 4-7, lower 4-7.
        Vector256<uint> bytes = Avx2.PackUnsignedSaturate(shorts, shorts).AsUInt32();
        Unsafe.WriteUnaligned(ref target, bytes.GetElement(0) | ((ulong)bytes.GetElement(4) << 32));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, stride), bytes.GetElement(1) | ((ulong)bytes.GetElement(5) << 32));
    }
}
