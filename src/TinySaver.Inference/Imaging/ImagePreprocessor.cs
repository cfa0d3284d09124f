using System.Buffers;
using System.Globalization;
using TinySaver.Core.Failures;

namespace TinySaver.Inference.Imaging;

/// <summary>Turns decoded images into model input as the Pillow-based processors of transformers and timm do.</summary>
/// <remarks>
/// The resize gives the very bytes of Pillow's <c>Image.resize</c>: two passes with 22-bit weights, columns first, 8 bits in between.
/// Only rows and columns that the crop shows are computed, and never more rows are held than one output row is made of.
/// </remarks>
public static class ImagePreprocessor
{
    /// <summary>Resizes, crops, rescales and normalises one image into one tensor.</summary>
    /// <param name="image">The image; it is only read, so that several specs can be applied to it, also at the same time.</param>
    /// <param name="spec">What to do.</param>
    /// <param name="destination">At least <see cref="PreprocessingSpec.TensorLength"/> floats; filled from the start.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    /// <exception cref="PermanentFailureException">The image is so narrow that the resize rule would make it absurdly long.</exception>
    public static void Write(DecodedImage image, PreprocessingSpec spec, Span<float> destination)
    {
        if (destination.Length < spec.TensorLength)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"The destination has {destination.Length} floats; the tensor of {spec.InputWidth}×{spec.InputHeight} needs {spec.TensorLength}."), nameof(destination));
        }

        (int width, int height) = spec.Resize?.OutputSize(image.Width, image.Height) ?? (image.Width, image.Height);
        var across = Window.Of(width, spec.InputWidth, spec.Crop?.Left(width) ?? 0);
        var down = Window.Of(height, spec.InputHeight, spec.Crop?.Top(height) ?? 0);

        // As in Pillow, a width that stays is not resampled; rows that stay are, by weights that change nothing, except in an image that fits as it is.
        bool fits = width == image.Width && height == image.Height;
        using ResampleWeights columns = width == image.Width ? default : ResampleWeights.Compute(image.Width, width, spec.Filter, across.First, across.Count);
        using ResampleWeights rows = fits ? default : ResampleWeights.Compute(image.Height, height, spec.Filter, down.First, down.Count);
        WriteRows(image, spec, across, down, columns, rows, destination);
    }

    private static void WriteRows(
        DecodedImage image, PreprocessingSpec spec, Window across, Window down,
        in ResampleWeights columns, in ResampleWeights rows, Span<float> destination)
    {
        const int pixel = DecodedImage.BytesPerPixel;
        var tensor = new TensorRows(spec);
        int windowBytes = across.Count * pixel;

        // One finished row between black margins; the passes may write a little beyond the window.
        byte[] lineArray = ArrayPool<byte>.Shared.Rent((spec.InputWidth * pixel) + VerticalPass.SlackBytes);
        Span<byte> line = lineArray.AsSpan();
        line.Clear();

        // Without a horizontal pass the ring of rows is the image itself; with it, rows come together, some of them early.
        const int together = HorizontalPass.Rows;
        bool isRing = columns.Count > 0 && rows.Count > 0;
        (int ringRows, int ringStride, int ringFirst) = isRing
            ? ((rows.MaxTaps + (2 * together) - 2) / together * together, windowBytes, rows.Starts[0]) : (image.Height, image.Width * pixel, 0);
        byte[]? ringArray = isRing ? ArrayPool<byte>.Shared.Rent((ringRows * ringStride) + VerticalPass.SlackBytes) : null;
        ReadOnlySpan<byte> ring = ringArray ?? image.PaddedPixels[(across.First * pixel)..];
        int nextRow = ringFirst;
        for (int y = 0; y < spec.InputHeight; y++)
        {
            int index = y - down.Margin;
            if (index < 0 || index >= down.Count || across.Count == 0)
            {
                line[..(spec.InputWidth * pixel)].Clear();
                tensor.Write(line, y, destination);
                continue;
            }

            Span<byte> target = line[(across.Margin * pixel)..];
            if (rows.Count == 0)
            {
                Row(image, down.First + index).Slice(across.First * pixel, windowBytes).CopyTo(target);
                tensor.Write(line, y, destination);
                continue;
            }

            (int start, int taps) = (rows.Starts[index], rows.Taps[index]);
            for (; ringArray is not null && nextRow < start + taps; nextRow += HorizontalPass.Rows)
            {
                HorizontalPass.Run(
                    Row(image, nextRow), Row(image, nextRow + 1), Row(image, nextRow + 2), Row(image, nextRow + 3),
                    columns, ringArray.AsSpan((nextRow - ringFirst) % ringRows * ringStride), ringStride);
            }

            VerticalPass.Run(ring, ringStride, ringRows, (start - ringFirst) % ringRows, rows.Weights.Slice(index * rows.Stride, taps), target, windowBytes);
            target[windowBytes..Math.Min(windowBytes + VerticalPass.SlackBytes, target.Length)].Clear();
            tensor.Write(line, y, destination);
        }

        ArrayPool<byte>.Shared.Return(lineArray);
        if (ringArray is not null)
            ArrayPool<byte>.Shared.Return(ringArray);
    }

    // Behind the last row it comes again.
    private static ReadOnlySpan<byte> Row(DecodedImage image, int row)
    {
        int stride = image.Width * DecodedImage.BytesPerPixel;
        return image.PaddedPixels.Slice(Math.Min(row, image.Height - 1) * stride, stride + HorizontalPass.ReadSlackBytes);
    }

    /// <summary>Along one axis: which resized pixels the tensor shows, and how many black ones come before them.</summary>
    private readonly record struct Window(int First, int Count, int Margin)
    {
        public static Window Of(int size, int input, int offset)
        {
            int first = Math.Max(offset, 0);
            int end = Math.Min(offset + input, size);
            return new Window(first, Math.Max(end - first, 0), first - offset);
        }
    }
}
