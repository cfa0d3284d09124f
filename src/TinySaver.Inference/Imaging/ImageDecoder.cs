using System.Buffers;
using System.Globalization;
using SkiaSharp;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Inference.Imaging;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to upright 8-bit RGB as Pillow's <c>convert("RGB")</c> does.</summary>
/// <remarks>
/// Colour profiles and gamma are ignored, alpha is dropped (never blended), palettes are looked up, EXIF orientation is applied.
/// 16-bit channels keep their high byte, as Pillow does for colour; Pillow clips 16-bit greyscale to white instead, which no model was
/// trained to see, so there this differs on purpose.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Decodes one image.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="options">Its limits are checked before pixel memory is taken; null means <see cref="DecoderOptions.Default"/>.</param>
    /// <returns>The image; dispose it.</returns>
    /// <exception cref="PermanentFailureException">
    /// The bytes are empty, too many, no image, an image of another format, of too many pixels, or truncated or damaged.
    /// </exception>
    public static DecodedImage Decode(ReadOnlySpan<byte> encoded, DecoderOptions? options = null)
    {
        options ??= DecoderOptions.Default;
        ImageFormat format = CheckedFormat(encoded, options);
        int transparency = format == ImageFormat.Gif ? GifTransparency.FlagPosition(encoded) : -1;
        if (transparency < 0)
            return Decode(encoded, format, options);

        byte[] opaque = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            encoded.CopyTo(opaque);
            opaque[transparency] &= unchecked((byte)~GifTransparency.FlagBit);
            return Decode(opaque.AsSpan(0, encoded.Length), format, options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(opaque);
        }
    }

    private static unsafe DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageFormat format, DecoderOptions options)
    {
        fixed (byte* file = encoded)
        {
            using var data = SKData.Create((nint)file, encoded.Length);
            using SKCodec codec = SKCodec.Create(data)
                ?? throw Damaged(format, "its header cannot be read");
            (int width, int height) = (codec.Info.Width, codec.Info.Height);
            if ((long)width * height > options.MaxPixels)
            {
                throw Failure(
                    FailureReason.TooManyPixels,
                    $"The image is {width}×{height} = {(long)width * height} pixels; at most {options.MaxPixels} are accepted.");
            }

            if (format == ImageFormat.Jpeg && JpegEnd.IsMissing(encoded))
                throw Damaged(format, "its end marker is missing");
            SKEncodedOrigin origin = format == ImageFormat.Png ? PngOrientation.Read(encoded) : codec.EncodedOrigin;
            return DecodePixels(codec, encoded, format, origin, options.JpegShortCut);
        }
    }

    private static ImageFormat CheckedFormat(ReadOnlySpan<byte> encoded, DecoderOptions options)
    {
        if (encoded.IsEmpty)
            throw Failure(FailureReason.Empty, $"The file has no bytes; expected an image ({ImageFormat.AcceptedNames}).");
        if (encoded.Length > options.MaxBytes)
            throw Failure(FailureReason.TooManyBytes, $"The file has {encoded.Length} bytes; at most {options.MaxBytes} are accepted.");
        ImageFormat format = ImageFormat.Detect(encoded)
            ?? throw Failure(FailureReason.NotAnImage, $"The {encoded.Length} bytes are not an image; {ImageFormat.AcceptedNames} are accepted.");
        return format.Accepted
            ? format
            : throw Failure(FailureReason.UnsupportedFormat, $"The image is {format.Name}; {ImageFormat.AcceptedNames} are accepted. Convert it.");
    }

    private static unsafe DecodedImage DecodePixels(
        SKCodec codec, ReadOnlySpan<byte> encoded, ImageFormat format, SKEncodedOrigin origin, bool jpegShortCut)
    {
        // No colour space in the target: Skia then converts none, as Pillow does not. Unpremultiplied: alpha never touches the colours.
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        var info = new SKImageInfo(
            width, height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        bool swaps = Orientation.SwapsSides(origin);
        byte[] pixels = DecodedImage.Rent(width, height);
        DecodedImage image = swaps ? new DecodedImage(pixels, height, width) : new DecodedImage(pixels, width, height);
        try
        {
            jpegShortCut &= format == ImageFormat.Jpeg;
            if (swaps)
            {
                if (!jpegShortCut || !TryDecodeTransposed(encoded, info, origin, pixels))
                    DecodeTransposed(codec, info, format, origin, pixels);
                return image;
            }

            if (!jpegShortCut || !BaselineJpeg.TryDecode(encoded, width, height, pixels.AsSpan(0, info.BytesSize)))
            {
                fixed (byte* target = pixels)
                    Check(codec.GetPixels(info, (nint)target), format);
            }

            Orientation.MirrorInPlace(pixels, width, height, origin);
        }
        catch
        {
            image.Dispose();
            throw;
        }

        return image;
    }

    private static bool TryDecodeTransposed(ReadOnlySpan<byte> encoded, SKImageInfo info, SKEncodedOrigin origin, byte[] upright)
    {
        byte[] strip = ArrayPool<byte>.Shared.Rent(Orientation.StripRows * info.RowBytes);
        try
        {
            return BaselineJpeg.TryDecode(encoded, info.Width, info.Height, strip.AsSpan(0, Orientation.StripRows * info.RowBytes), (rows, first) =>
                Orientation.Transpose(rows, first, info.Width, info.Height, origin, upright));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
    }

    // Where the codec gives row after row (JPEG, where orientations are), the image is turned while it is decoded and exists only once.
    private static unsafe void DecodeTransposed(
        SKCodec codec, SKImageInfo info, ImageFormat format, SKEncodedOrigin origin, byte[] upright)
    {
        bool byRow = codec.StartScanlineDecode(info) == SKCodecResult.Success && codec.ScanlineOrder == SKCodecScanlineOrder.TopDown;
        int stripRows = byRow ? Orientation.StripRows : info.Height;
        byte[] strip = ArrayPool<byte>.Shared.Rent(stripRows * info.RowBytes);
        try
        {
            fixed (byte* target = strip)
            {
                for (int y = 0; y < info.Height; y += stripRows)
                {
                    int rows = Math.Min(stripRows, info.Height - y);
                    if (!byRow)
                        Check(codec.GetPixels(info, (nint)target), format);
                    else if (codec.GetScanlines((nint)target, rows, info.RowBytes) != rows)
                        throw Damaged(format, $"its data end before row {y + rows} of {info.Height}");
                    Orientation.Transpose(strip.AsSpan(0, rows * info.RowBytes), y, info.Width, info.Height, origin, upright);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
    }

    private static void Check(SKCodecResult result, ImageFormat format)
    {
        if (result == SKCodecResult.IncompleteInput)
            throw Damaged(format, "its data end too early");
        if (result != SKCodecResult.Success)
            throw Damaged(format, $"its data cannot be decoded ({result})");
    }

    private static PermanentFailureException Damaged(ImageFormat format, string what) =>
        Failure(FailureReason.Damaged, $"The {format.Name} image is truncated or damaged: {what}. Upload it again.");

    private static PermanentFailureException Failure(FailureReason reason, FormattableString message) =>
        new(reason, message.ToString(CultureInfo.InvariantCulture));
}
