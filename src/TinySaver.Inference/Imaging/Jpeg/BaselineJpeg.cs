using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>Decodes the JPEGs that cameras and most programs write, about three times as fast as SkiaSharp's libjpeg.</summary>
/// <remarks>
/// SkiaSharp's libjpeg-turbo is built without SIMD and spends three quarters of its time where vectors pay: inverse DCT, upsampling,
/// colours. The result is the same to the bit (both follow libjpeg's accurate integer arithmetic). Anything unusual, any sign of
/// damage, and whatever does not end exactly with its last block is left to Skia: this is a short cut, never a judge. It goes as soon
/// as a well-kept package with a libjpeg-turbo that uses SIMD can be had (benchmarks/README.md).
/// </remarks>
internal static class BaselineJpeg
{
    // Red, green, blue, 255.
    private const int BytesPerPixel = 4;
    private const int EndOfImage = 0xD9;

    [ThreadStatic]
    private static JpegScan? _idle;

    /// <summary>Takes stored rows, from the top and without gaps; the first of them is row <paramref name="firstRow"/>.</summary>
    public delegate void RowTaker(ReadOnlySpan<byte> rows, int firstRow);

    /// <summary>Decodes into stored rows. False where the image is not for this decoder; what was written or taken until then is undefined.</summary>
    /// <param name="jpeg">The whole file.</param>
    /// <param name="width">Stored width that the caller expects.</param>
    /// <param name="height">Stored height that the caller expects.</param>
    /// <param name="pixels">Room for the image; or, where rows are taken, for those that are taken together.</param>
    /// <param name="take">Gets the rows, each time that the room is full; null where it holds the whole image.</param>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, int width, int height, Span<byte> pixels, RowTaker? take = null)
    {
        if (!Avx2.IsSupported)
            return false;
        JpegScan scan = _idle ?? new JpegScan();
        _idle = null;
        try
        {
            return scan.TryRead(jpeg) && scan.Width == width && scan.Height == height && TryDecode(jpeg, scan, pixels, take);
        }
        finally
        {
            _idle = scan;
        }
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    private static bool TryDecode(ReadOnlySpan<byte> jpeg, JpegScan scan, Span<byte> pixels, RowTaker? take)
    {
        (int across, int down) = (scan.AcrossFactor, scan.DownFactor);
        int columns = (scan.Width + (8 * across) - 1) / (8 * across);
        int mcuRows = (scan.Height + (8 * down) - 1) / (8 * down);
        int rowBytes = scan.Width * BytesPerPixel;
        int roomRows = pixels.Length / rowBytes;
        using var luma = new SampleRing(columns * across * 8, down * 8);
        using var blue = new SampleRing(columns * 8, 8);
        using var red = new SampleRing(columns * 8, 8);
        using var upsampler = new Upsampler(scan, blue, red);
        var bits = new BitReader(jpeg[scan.DataStart..]);
        Span<int> predictions = stackalloc int[3];
        (int written, int inRoom, int sinceRestart, int restarts) = (0, 0, 0, 0);
        for (int mcuRow = 0; mcuRow < mcuRows; mcuRow++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (scan.RestartInterval > 0 && sinceRestart == scan.RestartInterval)
                {
                    if (!bits.TryRestart(restarts++))
                        return false;
                    predictions.Clear();
                    sinceRestart = 0;
                }

                sinceRestart++;
                for (int block = 0; block < across * down; block++)
                {
                    if (!BlockReader.TryRead(ref bits, scan, 0, ref predictions[0], luma, (mcuRow * down) + (block / across), (column * across) + (block % across)))
                        return false;
                }

                if (!BlockReader.TryRead(ref bits, scan, 1, ref predictions[1], blue, mcuRow, column)
                    || !BlockReader.TryRead(ref bits, scan, 2, ref predictions[2], red, mcuRow, column))
                {
                    return false;
                }
            }

            if (bits.IsOverrun)
                return false;

            // With chroma halved down, the last row needs chroma from the row of MCUs below.
            int ready = mcuRow == mcuRows - 1 ? scan.Height : ((mcuRow + 1) * 8 * down) - (down - 1);
            for (; written < ready; written++)
            {
                Upsampler.UpsampledRows chroma = upsampler.Rows(written);
                ColourRows.ToRgb(luma.Row(written), chroma.Blue, chroma.Red, scan.Width, pixels.Slice(inRoom * rowBytes, rowBytes));
                if (++inRoom == roomRows || written == scan.Height - 1)
                {
                    take?.Invoke(pixels[..(inRoom * rowBytes)], written + 1 - inRoom);
                    inRoom = 0;
                }
            }
        }

        // What is cut off or left over is for Skia to judge.
        return bits.IsAt(EndOfImage);
    }
}
