using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace TinySaver.Inference.Imaging;

/// <summary>Turns and mirrors stored pixels upright, as the EXIF orientation says (Pillow's <c>ImageOps.exif_transpose</c>).</summary>
internal static class Orientation
{
    /// <summary>Rows that are turned together: 16 pixels fill the cache line that each of them touches in the target.</summary>
    public const int StripRows = 16;

    /// <summary>Whether width and height change places (EXIF 5 to 8).</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>Mirrors pixels within their own memory, for the orientations that keep width and height (EXIF 1 to 4).</summary>
    public static void MirrorInPlace(Span<byte> pixels, int width, int height, SKEncodedOrigin origin)
    {
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(pixels)[..(width * height)];
        switch (origin)
        {
            case SKEncodedOrigin.BottomRight:
                words.Reverse();
                break;
            case SKEncodedOrigin.TopRight:
                for (int y = 0; y < height; y++)
                    words.Slice(y * width, width).Reverse();
                break;
            case SKEncodedOrigin.BottomLeft:
                words.Reverse();
                MirrorInPlace(pixels, width, height, SKEncodedOrigin.TopRight);
                break;
        }
    }

    /// <summary>Writes stored rows as columns of the upright image, for the orientations that swap width and height (EXIF 5 to 8).</summary>
    /// <remarks>The rows have no gaps; first row, width and height are the stored image's; the upright image is whole, and as wide as the stored one is high.</remarks>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static void Transpose(ReadOnlySpan<byte> rows, int firstRow, int width, int height, SKEncodedOrigin origin, Span<byte> upright)
    {
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(rows);
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(upright);
        int count = source.Length / width;
        bool rightToLeft = origin is SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        bool bottomUp = origin is SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        for (int strip = 0; strip < count; strip += StripRows)
        {
            int end = Math.Min(strip + StripRows, count);
            for (int x = 0; x < width; x++)
            {
                Span<uint> row = target.Slice((bottomUp ? width - 1 - x : x) * height, height);
                for (int y = strip; y < end; y++)
                    row[rightToLeft ? height - 1 - firstRow - y : firstRow + y] = source[(y * width) + x];
            }
        }
    }
}
