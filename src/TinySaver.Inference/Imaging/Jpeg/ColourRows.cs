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
        ref byte target = ref MemoryMarshal.GetReference(pixels);
        int i = 0;
        for (; i <= count - 8; i += 8)
            Convert(luma, blue, red, i).StoreUnsafe(ref target, (nuint)(i * 4));
        if (i < count)
        {
            Span<byte> last = stackalloc byte[32];
            Convert(luma, blue, red, i).StoreUnsafe(ref MemoryMarshal.GetReference(last));
            last[..((count - i) * 4)].CopyTo(pixels[(i * 4)..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Convert(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, int i)
    {
        const int bits = 16;
        var half = Vector256.Create(1 << (bits - 1));
        Vector256<int> y = Load(luma, i);
        Vector256<int> cb = Load(blue, i) - Vector256.Create(128);
        Vector256<int> cr = Load(red, i) - Vector256.Create(128);
        // round(x · 2^16) of 1.40200, 0.34414, 0.71414 and 1.77200.
        Vector256<int> r = Clamp(y + (((cr * 91881) + half) >> bits));
        Vector256<int> g = Clamp(y + (((cb * -22554) + (cr * -46802) + half) >> bits));
        Vector256<int> b = Clamp(y + (((cb * 116130) + half) >> bits));
        return (r | (g << 8) | (b << 16) | Vector256.Create(unchecked((int)0xFF000000))).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(ReadOnlySpan<byte> row, int i) =>
        Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(row), i))).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Clamp(Vector256<int> value) =>
        Vector256.Min(Vector256.Max(value, Vector256<int>.Zero), Vector256.Create(255));
}
