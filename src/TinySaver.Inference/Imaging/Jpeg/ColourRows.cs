using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>Widens rows of chroma and turns luma and chroma into RGB, equal to libjpeg's "fancy" upsampling and conversion to the bit.</summary>
internal static class ColourRows
{
    /// <summary>Samples behind a row that may be read and pixels behind a row that may be written.</summary>
    public const int Slack = 32;

    /// <summary>Doubles a row's width: each new sample is ¾ of the nearer and ¼ of the farther one.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void Double(ReadOnlySpan<byte> row, int count, Span<byte> output)
    {
        row = row[..count];
        output[0] = row[0];
        output[1] = (byte)(((row[0] * 3) + row[1] + 2) >> 2);
        for (int i = 1; i < count - 1; i++)
        {
            int three = row[i] * 3;
            output[2 * i] = (byte)((three + row[i - 1] + 1) >> 2);
            output[(2 * i) + 1] = (byte)((three + row[i + 1] + 2) >> 2);
        }

        output[(2 * count) - 2] = (byte)(((row[count - 1] * 3) + row[count - 2] + 1) >> 2);
        output[(2 * count) - 1] = row[count - 1];
    }

    /// <summary>The same across two rows: sums of ¾ of the nearer and ¼ of the farther row are doubled in width.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void DoubleBoth(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, int count, Span<short> sums, Span<byte> output)
    {
        // Room for one sum before the first and for a vector behind the last, so that the inner loop needs no ends.
        ArgumentOutOfRangeException.ThrowIfLessThan(near.Length, count + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(far.Length, count + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, count + (2 * Slack));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, 2 * (count + Slack));
        ref byte nearer = ref MemoryMarshal.GetReference(near);
        ref byte farther = ref MemoryMarshal.GetReference(far);
        ref short sum = ref Unsafe.Add(ref MemoryMarshal.GetReference(sums), 1);
        ref byte target = ref MemoryMarshal.GetReference(output);
        for (nuint i = 0; i < (nuint)count; i += 16)
        {
            Vector256<short> a = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref nearer, i));
            Vector256<short> b = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref farther, i));
            (a + a + a + b).StoreUnsafe(ref sum, i);
        }

        // At the ends the missing neighbour is the sample itself.
        Unsafe.Add(ref sum, -1) = sum;
        Unsafe.Add(ref sum, count) = Unsafe.Add(ref sum, count - 1);
        for (nuint i = 0; i < (nuint)count; i += 16)
        {
            var here = Vector256.LoadUnsafe(ref sum, i);
            var before = Vector256.LoadUnsafe(ref Unsafe.Add(ref sum, -1), i);
            var after = Vector256.LoadUnsafe(ref Unsafe.Add(ref sum, 1), i);
            Vector256<short> three = here + here + here;
            Vector256<short> even = (three + before + Vector256.Create((short)8)) >>> 4;
            Vector256<short> odd = (three + after + Vector256.Create((short)7)) >>> 4;
            (even | (odd << 8)).AsByte().StoreUnsafe(ref target, i * 2);
        }
    }

    /// <summary>Writes pixels from a row each of luma, blue and red chroma (JFIF: full-range BT.601, 16 fractional bits).</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void ToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, int count, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(luma.Length, count + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(blue.Length, count + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(red.Length, count + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, count * 4);
        ref byte y = ref MemoryMarshal.GetReference(luma);
        ref byte cb = ref MemoryMarshal.GetReference(blue);
        ref byte cr = ref MemoryMarshal.GetReference(red);
        ref byte target = ref MemoryMarshal.GetReference(pixels);
        nuint i = 0;
        for (; i + 16 <= (nuint)count; i += 16)
            Convert(ref y, ref cb, ref cr, i, ref Unsafe.Add(ref target, i * 4));
        if (i < (nuint)count)
        {
            Span<byte> last = stackalloc byte[64];
            Convert(ref y, ref cb, ref cr, i, ref MemoryMarshal.GetReference(last));
            last[..((count - (int)i) * 4)].CopyTo(pixels[((int)i * 4)..]);
        }
    }

    // 16 pixels. The factors are round(x · 2^16) less a multiple of 2^16, so that 16 bits hold them; the multiples are added by themselves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert(ref byte luma, ref byte blue, ref byte red, nuint i, ref byte target)
    {
        Vector256<short> y = Load(ref luma, i);
        Vector256<short> cb = Load(ref blue, i) - Vector256.Create((short)128);
        Vector256<short> cr = Load(ref red, i) - Vector256.Create((short)128);
        Vector256<short> r = y + cr + Rounded(cr, 26345); // 1.40200
        Vector256<short> b = y + cb + cb + Rounded(cb, -14942); // 1.77200
        Vector256<short> factors = Vector256.Create((18734 << 16) | (-22554 & 0xFFFF)).AsInt16(); // −0.34414 and −0.71414
        var half = Vector256.Create(1 << 15);
        Vector256<int> first = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(cb, cr), factors) + half) >> 16;
        Vector256<int> second = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(cb, cr), factors) + half) >> 16;
        Vector256<short> g = y - cr + Avx2.PackSignedSaturate(first, second);

        // Packing clamps. Lanes hold 8 pixels each: R and B, G and 255; then two channels and all four side by side, 4 pixels in each lane.
        Vector256<byte> redBlue = Avx2.PackUnsignedSaturate(r, b);
        Vector256<byte> greenFull = Avx2.PackUnsignedSaturate(g, Vector256.Create((short)255));
        Vector256<short> redGreen = Avx2.UnpackLow(redBlue, greenFull).AsInt16();
        Vector256<short> blueFull = Avx2.UnpackHigh(redBlue, greenFull).AsInt16();
        Vector256<byte> low = Avx2.UnpackLow(redGreen, blueFull).AsByte();
        Vector256<byte> high = Avx2.UnpackHigh(redGreen, blueFull).AsByte();
        Avx2.Permute2x128(low, high, 0x20).StoreUnsafe(ref target);
        Avx2.Permute2x128(low, high, 0x31).StoreUnsafe(ref target, 32);
    }

    // round(value × factor / 2^16): the upper half of twice the product, of which the last bit rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Rounded(Vector256<short> value, short factor) =>
        (Avx2.MultiplyHigh(value + value, Vector256.Create(factor)) + Vector256<short>.One) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(ref byte row, nuint i) => Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref row, i));
}
