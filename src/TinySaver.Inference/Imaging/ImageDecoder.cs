using TinySaver.Core.Failures;

namespace TinySaver.Inference.Imaging;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to 8-bit RGB as Pillow does.</summary>
public static class ImageDecoder
{
    /// <summary>Decodes one image.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="limits">Checked before pixel memory is taken; null means <see cref="ImageLimits.Default"/>.</param>
    /// <returns>The image; dispose it.</returns>
    /// <exception cref="PermanentFailureException">The bytes are empty, too many, no image, an image of another format, of too many pixels, or damaged.</exception>
    public static DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) =>
        throw new NotSupportedException("Being written: types first, so that others can build against them.");
}
