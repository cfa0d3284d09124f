using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>The inverse DCT of 8×8 blocks, equal to libjpeg's accurate integer one (<c>jidctint</c>) to the bit.</summary>
/// <remarks>
/// C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989. Its integer sums do not
/// depend on their order before the shift at the end of a pass, so here they are taken as the processor does them best: two products of
/// 16 bits and their sum are one instruction, which wants the values of two rows side by side.
/// </remarks>
internal static class InverseDct
{
    // 13 fractional bits in the constants, 2 kept between the passes; the second also divides by the transform's gain of 8.
    private const int ConstantBits = 13;
    private const int KeptBits = 2;

    // Of a column, dequantised and without signs. 8-bit samples give at most 2,896 (2√2 · 8 · 128), and rounding to the largest factor
    // adds 8 · 127.5. Up to 4,250 in every column, no sum of either pass leaves 32 bits: (8 · 4 · 1.3871 · 4,250) · 1.3871 · 2^13 < 2^31,
    // and nothing between the passes or behind them leaves 16: 4 · 1.3871 · 4,250 < 2^15, and 8 times that · 1.3871 / 32 < 2^15.
    private const int MaxColumnSum = 4_200;

    // round(x · 2^13) of libjpeg's constants.
    private const int C0298 = 2446;
    private const int C0390 = 3196;
    private const int C0541 = 4433;
    private const int C0765 = 6270;
    private const int C0899 = 7373;
    private const int C1175 = 9633;
    private const int C1501 = 12299;
    private const int C1847 = 15137;
    private const int C1961 = 16069;
    private const int C2053 = 16819;
    private const int C2562 = 20995;
    private const int C3072 = 25172;

    /// <summary>
    /// Zigzag order to places of a block: rows 0 and 4, 2 and 6, 1 and 5, 3 and 7, of each two the columns in turn. 16 more places, so that a
    /// run over the end stays inside.
    /// </summary>
    public static ReadOnlySpan<byte> Places =>
    [
        0, 2, 32, 16, 34, 4, 6, 36, 18, 48, 1, 50, 20, 38, 8, 10, 40, 22, 52, 3, 33, 17, 35, 5, 54, 24, 42, 12, 14, 44, 26, 56,
        7, 37, 19, 49, 51, 21, 39, 9, 58, 28, 46, 30, 60, 11, 41, 23, 53, 55, 25, 43, 13, 62, 15, 45, 27, 57, 59, 29, 47, 31, 61, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    ];

    /// <summary>
    /// Dequantises and transforms a block and writes its 8 rows of 8 samples. False, and nothing written, where the coefficients are so
    /// large that no image gives them: libjpeg's sums have 64 bits on some platforms, ours 32.
    /// </summary>
    /// <param name="block">64 coefficients in the order of <see cref="Places"/>.</param>
    /// <param name="quantisation">64 factors in the same order.</param>
    /// <param name="samples">The first row's first sample.</param>
    /// <param name="stride">Samples from row to row.</param>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static bool TryWrite(ReadOnlySpan<short> block, ReadOnlySpan<short> quantisation, Span<byte> samples, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(quantisation.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples.Length, (7 * stride) + 8);
        ref short source = ref MemoryMarshal.GetReference(block);
        ref short factor = ref MemoryMarshal.GetReference(quantisation);
        Vector256<short> beyond = Vector256<short>.Zero;
        Vector256<ushort> sums = Vector256<ushort>.Zero;
        Vector256<short> p04 = Dequantised(ref source, ref factor, 0, ref beyond, ref sums);
        Vector256<short> p26 = Dequantised(ref source, ref factor, 16, ref beyond, ref sums);
        Vector256<short> p15 = Dequantised(ref source, ref factor, 32, ref beyond, ref sums);
        Vector256<short> p37 = Dequantised(ref source, ref factor, 48, ref beyond, ref sums);

        // The sums of a column's even and odd places, added up where the even ones are.
        sums = Avx2.AddSaturate(sums, (sums.AsUInt32() >> 16).AsUInt16());
        if ((beyond.AsUInt16() | Avx2.SubtractSaturate(sums, Vector256.Create((ushort)MaxColumnSum))) != Vector256<ushort>.Zero)
            return false;

        Pass(
            ConstantBits - KeptBits, p04, p26, p15, p37,
            out Vector256<short> r01, out Vector256<short> r23, out Vector256<short> r45, out Vector256<short> r67);
        Transpose(r01, r23, r45, r67, out p04, out p26, out p15, out p37);
        Pass(ConstantBits + KeptBits + 3, p04, p26, p15, p37, out r01, out r23, out r45, out r67);

        // Lanes now hold four samples each of four columns; then four columns each of four rows, and at last rows.
        Vector256<byte> columns = Vector256.Create(0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703, 0x0C080400, 0x0D090501, 0x0E0A0602, 0x0F0B0703).AsByte();
        Vector256<uint> left = Avx2.Shuffle(Avx2.PackUnsignedSaturate(Level(r01), Level(r23)), columns).AsUInt32();
        Vector256<uint> right = Avx2.Shuffle(Avx2.PackUnsignedSaturate(Level(r45), Level(r67)), columns).AsUInt32();
        Vector256<ulong> rows0145 = Avx2.UnpackLow(left, right).AsUInt64();
        Vector256<ulong> rows2367 = Avx2.UnpackHigh(left, right).AsUInt64();
        ref byte target = ref MemoryMarshal.GetReference(samples);
        Unsafe.WriteUnaligned(ref target, rows0145.GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, stride), rows0145.GetElement(1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 2 * stride), rows2367.GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 3 * stride), rows2367.GetElement(1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 4 * stride), rows0145.GetElement(2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 5 * stride), rows0145.GetElement(3));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 6 * stride), rows2367.GetElement(2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 7 * stride), rows2367.GetElement(3));
        return true;
    }

    /// <summary>The same for a block whose only coefficient is the first: all samples are alike.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void WriteFlat(int coefficient, int quantisation, Span<byte> samples, int stride)
    {
        int level = ((coefficient * quantisation * (1 << KeptBits)) + (1 << (KeptBits + 2))) >> (KeptBits + 3);
        ulong eight = (ulong)Math.Clamp(((level << 22) >> 22) + 128, 0, 255) * 0x0101010101010101;
        ref byte target = ref MemoryMarshal.GetReference(samples[..((7 * stride) + 8)]);
        for (int y = 0; y < 8; y++)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, y * stride), eight);
    }

    // Adds to the sums without signs, and marks in beyond what 16 bits do not hold.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Dequantised(ref short source, ref short factor, nuint place, ref Vector256<short> beyond, ref Vector256<ushort> sums)
    {
        var coefficients = Vector256.LoadUnsafe(ref source, place);
        var factors = Vector256.LoadUnsafe(ref factor, place);
        Vector256<short> values = coefficients * factors;
        beyond |= Avx2.MultiplyHigh(coefficients, factors) ^ (values >> 15);
        sums = Avx2.AddSaturate(sums, Avx2.Abs(values));
        return values;
    }

    // Of pairs of rows (as Places has them) to rows, each two of them packed: lanes hold four of the one's columns and four of the other's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        int shift, Vector256<short> p04, Vector256<short> p26, Vector256<short> p15, Vector256<short> p37,
        out Vector256<short> r01, out Vector256<short> r23, out Vector256<short> r45, out Vector256<short> r67)
    {
        const int one = 1 << ConstantBits;
        var half = Vector256.Create(1 << (shift - 1));
        Vector256<int> even0 = Sum(p04, one, one) + half;
        Vector256<int> even1 = Sum(p04, one, -one) + half;
        Vector256<int> even2 = Sum(p26, C0541, C0541 - C1847);
        Vector256<int> even3 = Sum(p26, C0541 + C0765, C0541);
        Vector256<int> odd0 = Sum(p15, C1175 - C0899, C1175) + Sum(p37, C1175 - C1961, C1175 + C0298 - C0899 - C1961);
        Vector256<int> odd1 = Sum(p15, C1175 - C0390, C1175 + C2053 - C2562 - C0390) + Sum(p37, C1175 - C2562, C1175);
        Vector256<int> odd2 = Sum(p15, C1175, C1175 - C2562) + Sum(p37, C1175 + C3072 - C2562 - C1961, C1175 - C1961);
        Vector256<int> odd3 = Sum(p15, C1175 + C1501 - C0899 - C0390, C1175 - C0390) + Sum(p37, C1175, C1175 - C0899);
        (Vector256<int> sum0, Vector256<int> sum3) = (even0 + even3, even0 - even3);
        (Vector256<int> sum1, Vector256<int> sum2) = (even1 + even2, even1 - even2);
        r01 = Avx2.PackSignedSaturate((sum0 + odd3) >> shift, (sum1 + odd2) >> shift);
        r23 = Avx2.PackSignedSaturate((sum2 + odd1) >> shift, (sum3 + odd0) >> shift);
        r45 = Avx2.PackSignedSaturate((sum3 - odd0) >> shift, (sum2 - odd1) >> shift);
        r67 = Avx2.PackSignedSaturate((sum1 - odd2) >> shift, (sum0 - odd3) >> shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(Vector256<short> pairs, int first, int second) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((first & 0xFFFF) | (second << 16)).AsInt16());

    // Of rows as a pass leaves them to pairs of columns as it takes them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<short> r01, Vector256<short> r23, Vector256<short> r45, Vector256<short> r67,
        out Vector256<short> p04, out Vector256<short> p26, out Vector256<short> p15, out Vector256<short> p37)
    {
        // Columns 0 to 3 and 4 to 7 of rows 0 and 1 in one lane, of 4 and 5 in the other; likewise of 2, 3, 6 and 7.
        (Vector256<short> left01, Vector256<short> right01) = (Avx2.Permute2x128(r01, r45, 0x20), Avx2.Permute2x128(r01, r45, 0x31));
        (Vector256<short> left23, Vector256<short> right23) = (Avx2.Permute2x128(r23, r67, 0x20), Avx2.Permute2x128(r23, r67, 0x31));
        (Vector256<int> row0, Vector256<int> row1) = (Avx2.UnpackLow(left01, right01).AsInt32(), Avx2.UnpackHigh(left01, right01).AsInt32());
        (Vector256<int> row2, Vector256<int> row3) = (Avx2.UnpackLow(left23, right23).AsInt32(), Avx2.UnpackHigh(left23, right23).AsInt32());

        // Each 32 bits are a pair of columns: four by four of them change places.
        (Vector256<long> low01, Vector256<long> high01) = (Avx2.UnpackLow(row0, row1).AsInt64(), Avx2.UnpackHigh(row0, row1).AsInt64());
        (Vector256<long> low23, Vector256<long> high23) = (Avx2.UnpackLow(row2, row3).AsInt64(), Avx2.UnpackHigh(row2, row3).AsInt64());
        (p04, p15) = (Avx2.UnpackLow(low01, low23).AsInt16(), Avx2.UnpackHigh(low01, low23).AsInt16());
        (p26, p37) = (Avx2.UnpackLow(high01, high23).AsInt16(), Avx2.UnpackHigh(high01, high23).AsInt16());
    }

    // libjpeg looks samples up by their low 10 bits, so those beyond are cut off here too; then around the middle of 128, for packing to clamp.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Level(Vector256<short> samples) => ((samples << 6) >> 6) + Vector256.Create((short)128);
}
