using SkiaSharp;

namespace TinySaver.Inference.Imaging;

/// <summary>Makes pictures for people to look at of what was decoded.</summary>
public static class JpegPicture
{
    /// <summary>An image as JPEG, made smaller where its longest side is longer than wished.</summary>
    /// <param name="image">The image.</param>
    /// <param name="longestSide">Pixels of its longest side, at most; at least 1.</param>
    /// <param name="quality">The JPEG quality, from 1 to 100.</param>
    public static byte[] Encode(DecodedImage image, int longestSide, int quality)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var whole = SKImage.FromPixelCopy(info, image.Pixels, info.RowBytes);
        double scale = Math.Min(1, (double)longestSide / Math.Max(image.Width, image.Height));
        var size = new SKImageInfo(
            Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var small = new SKBitmap(size);
        using SKPixmap pixels = small.PeekPixels() ?? throw new InvalidOperationException("A bitmap has no pixels to draw on.");
        whole.ScalePixels(pixels, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using SKData data = pixels.Encode(SKEncodedImageFormat.Jpeg, quality)
            ?? throw new InvalidOperationException($"Skia encoded nothing of {size.Width}×{size.Height} pixels.");
        return data.ToArray();
    }
}
