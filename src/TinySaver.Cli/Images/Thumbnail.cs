using SkiaSharp;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Images;

/// <summary>Makes small pictures of image files that travel within the page.</summary>
internal static class Thumbnail
{
    // Shown at 140 CSS pixels; sharp enough on most screens and a few kilobytes of JPEG.
    private const int LongestSide = 224;

    // Twelve of them then weigh less than the rest of the page.
    private const int MostBytes = 10_000;

    /// <summary>A picture as a data URI.</summary>
    /// <returns>The URI, at most about 13,000 characters; null where the file cannot be read as an image.</returns>
    public static string? Of(string file)
    {
        try
        {
            using DecodedImage image = ImageFileReader.Decode(file);
            return "data:image/jpeg;base64," + Convert.ToBase64String(Encode(image));
        }
        catch (PermanentFailureException)
        {
            // The report tells of the mistake without the picture.
            return null;
        }
    }

    private static byte[] Encode(DecodedImage image)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var whole = SKImage.FromPixelCopy(info, image.Pixels, info.RowBytes);
        byte[] jpeg = [];
        for (int side = LongestSide; side >= LongestSide / 8; side /= 2)
        {
            double scale = Math.Min(1, (double)side / Math.Max(image.Width, image.Height));
            var size = new SKImageInfo(
                Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale)), SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var small = new SKBitmap(size);
            using SKPixmap pixels = small.PeekPixels() ?? throw new InvalidOperationException("A bitmap has no pixels to draw on.");
            whole.ScalePixels(pixels, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            foreach (int quality in new[] { 82, 65, 45 })
            {
                using SKData data = pixels.Encode(SKEncodedImageFormat.Jpeg, quality)
                    ?? throw new InvalidOperationException($"Skia encoded nothing of {size.Width}×{size.Height} pixels.");
                jpeg = data.ToArray();
                if (jpeg.Length <= MostBytes)
                    return jpeg;
            }
        }

        return jpeg;
    }
}
