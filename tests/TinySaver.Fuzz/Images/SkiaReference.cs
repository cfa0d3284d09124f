using SkiaSharp;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Fuzz.Images;

/// <summary>What Skia alone makes of an image, written as plainly as can be: no short cut, no strips, pixel by pixel.</summary>
internal static class SkiaReference
{
    private static readonly SKEncodedImageFormat[] Accepted =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif];

    private static readonly byte[] ProgressiveFrame = [0xFF, 0xC2];

    /// <summary>Stored pixels before the orientation.</summary>
    public sealed record Picture(int Width, int Height, byte[] Rgba, SKEncodedOrigin Origin);

    /// <summary>The pixels, or null where Skia refuses the image or it is beyond the limits.</summary>
    public static unsafe Picture? Decode(byte[] file, DecoderOptions limits)
    {
        if (file.Length == 0 || file.Length > limits.MaxBytes)
            return null;
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null || !Accepted.Contains(codec.EncodedFormat) || (long)codec.Info.Width * codec.Info.Height > limits.MaxPixels)
                return null;
            SKAlphaType alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
            var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, alpha);
            byte[] pixels = new byte[info.BytesSize];
            fixed (byte* target = pixels)
            {
                if (codec.GetPixels(info, (nint)target) != SKCodecResult.Success)
                    return null;
            }

            // Skia does not look for the orientation of PNGs.
            SKEncodedOrigin origin = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Read(file) : codec.EncodedOrigin;
            return new Picture(info.Width, info.Height, pixels, origin);
        }
    }

    /// <summary>Whether the decoder refuses on purpose what Skia shows.</summary>
    public static bool IsKnownToBeStricter(byte[] file, PermanentFailureException refusal) =>
        // A progressive JPEG that was cut short: Skia shows the passes that it has, blurred.
        (refusal.Reason == FailureReason.Damaged && refusal.Message.Contains("end marker is missing", StringComparison.Ordinal) && file.AsSpan().IndexOf(ProgressiveFrame) >= 0)
        // Skia takes every text that begins with BM for a bitmap.
        || (refusal.Reason == FailureReason.NotAnImage && file is [(byte)'B', (byte)'M', _, _, _, _, _, _, _, _, ..] && file.AsSpan(6, 4).ContainsAnyExcept((byte)0));

    /// <summary>Holds an upright image against stored pixels.</summary>
    public static void Compare(Picture expected, DecodedImage actual, string name)
    {
        bool swaps = expected.Origin >= SKEncodedOrigin.LeftTop;
        (int width, int height) = swaps ? (expected.Height, expected.Width) : (expected.Width, expected.Height);
        if ((actual.Width, actual.Height) != (width, height))
            throw new FuzzFault($"{name}: ours is {actual.Width}×{actual.Height}, Skia's {width}×{height} ({expected.Origin}).");
        bool isGif = name.EndsWith(".gif", StringComparison.Ordinal);
        ReadOnlySpan<byte> pixels = actual.Pixels;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int storedX, int storedY) = Stored(expected, x, y);
                Span<byte> theirs = expected.Rgba.AsSpan(((storedY * expected.Width) + storedX) * 4, 4);
                ReadOnlySpan<byte> ours = pixels.Slice(((y * width) + x) * 4, 3);
                // What is transparent in a GIF is black to Skia; ours shows the palette's colour, as Pillow does.
                if (!theirs[..3].SequenceEqual(ours) && !(isGif && theirs[3] == 0))
                    throw new FuzzFault($"{name}: pixel {x}, {y} of {width}×{height} is {ours[0]} {ours[1]} {ours[2]}, Skia's {theirs[0]} {theirs[1]} {theirs[2]}.");
            }
        }
    }

    // EXIF's table: where the pixel that is shown at x, y is stored.
    private static (int X, int Y) Stored(Picture picture, int x, int y)
    {
        (int right, int bottom) = (picture.Width - 1, picture.Height - 1);
        return picture.Origin switch
        {
            SKEncodedOrigin.TopRight => (right - x, y),
            SKEncodedOrigin.BottomRight => (right - x, bottom - y),
            SKEncodedOrigin.BottomLeft => (x, bottom - y),
            SKEncodedOrigin.LeftTop => (y, x),
            SKEncodedOrigin.RightTop => (y, bottom - x),
            SKEncodedOrigin.RightBottom => (right - y, bottom - x),
            SKEncodedOrigin.LeftBottom => (right - y, x),
            _ => (x, y),
        };
    }
}
