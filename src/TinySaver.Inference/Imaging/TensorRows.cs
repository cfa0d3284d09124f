using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TinySaver.Inference.Imaging;

/// <summary>Writes rows of 8-bit pixels into a tensor: rescale, mean and standard deviation as one multiplication and one addition.</summary>
/// <remarks>
/// A plain product and sum, never fused, so that every vector width and every processor gives the same floats. They differ from the
/// processors' three separate roundings by a few units in the last place. A hand-written loop and no TensorPrimitives, since the
/// channels are taken apart, widened and scaled in one go.
/// </remarks>
internal readonly struct TensorRows
{
    private readonly PreprocessingSpec _spec;
    private readonly ChannelValues _factor;
    private readonly ChannelValues _offset;

    public TensorRows(PreprocessingSpec spec)
    {
        _spec = spec;
        _factor = new(Factor(spec.Std.Red), Factor(spec.Std.Green), Factor(spec.Std.Blue));
        _offset = new(Offset(spec.Mean.Red, spec.Std.Red), Offset(spec.Mean.Green, spec.Std.Green), Offset(spec.Mean.Blue, spec.Std.Blue));

        float Factor(float std) => (float)((double)spec.RescaleFactor / std);
        float Offset(float mean, float std) => (float)(((double)spec.RescaleOffset - mean) / std);
    }

    /// <summary>Writes row <paramref name="y"/> of the tensor from the first <c>InputWidth</c> pixels of <paramref name="pixels"/>.</summary>
    public void Write(ReadOnlySpan<byte> pixels, int y, Span<float> tensor)
    {
        int width = _spec.InputWidth;
        pixels = pixels[..(width * DecodedImage.BytesPerPixel)];
        if (_spec.Layout == TensorLayout.Nhwc)
        {
            WriteInterleaved(pixels, tensor.Slice(y * width * 3, width * 3));
            return;
        }

        int plane = width * _spec.InputHeight;
        WritePlane(pixels, 0, _factor.Red, _offset.Red, tensor.Slice(y * width, width));
        WritePlane(pixels, 1, _factor.Green, _offset.Green, tensor.Slice(plane + (y * width), width));
        WritePlane(pixels, 2, _factor.Blue, _offset.Blue, tensor.Slice((2 * plane) + (y * width), width));
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    private static void WritePlane(ReadOnlySpan<byte> pixels, int channel, float factor, float offset, Span<float> plane)
    {
        int i = 0;
        if (BitConverter.IsLittleEndian && plane.Length >= Vector<int>.Count)
        {
            ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(pixels);
            var mask = new Vector<int>(0xFF);
            var factors = new Vector<float>(factor);
            var offsets = new Vector<float>(offset);
            ref int source = ref MemoryMarshal.GetReference(words);
            ref float target = ref MemoryMarshal.GetReference(plane);
            for (; i <= plane.Length - Vector<int>.Count; i += Vector<int>.Count)
            {
                var values = Vector.ConvertToSingle((Vector.LoadUnsafe(ref source, (nuint)i) >> (8 * channel)) & mask);
                ((values * factors) + offsets).StoreUnsafe(ref target, (nuint)i);
            }
        }

        for (; i < plane.Length; i++)
            plane[i] = (pixels[(i * DecodedImage.BytesPerPixel) + channel] * factor) + offset;
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    private void WriteInterleaved(ReadOnlySpan<byte> pixels, Span<float> row)
    {
        var factors = Vector128.Create(_factor.Red, _factor.Green, _factor.Blue, 0);
        var offsets = Vector128.Create(_offset.Red, _offset.Green, _offset.Blue, 0);
        int last = (row.Length / 3) - 1;
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        ref float target = ref MemoryMarshal.GetReference(row);
        for (int i = 0; i <= last; i++)
        {
            Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, i * DecodedImage.BytesPerPixel))).AsByte();
            var values = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
            values = (values * factors) + offsets;
            if (i < last)
            {
                // The fourth float is overwritten by the next pixel's first.
                values.StoreUnsafe(ref target, (nuint)(i * 3));
                continue;
            }

            (row[i * 3], row[(i * 3) + 1], row[(i * 3) + 2]) = (values[0], values[1], values[2]);
        }
    }
}
