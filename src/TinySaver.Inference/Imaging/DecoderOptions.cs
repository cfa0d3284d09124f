namespace TinySaver.Inference.Imaging;

/// <summary>What is refused before any pixel is decoded (the guard against decompression bombs), and how the rest is decoded.</summary>
/// <remarks>A decoded image takes 4 bytes a pixel: 256 MB at the default pixel limit, for as long as it lives.</remarks>
public sealed record DecoderOptions
{
    /// <summary>The largest <see cref="MaxPixels"/>: 4 bytes a pixel must fit the largest array.</summary>
    public const int LargestPixels = 500_000_000;

    /// <summary>The default limits, with the short cut.</summary>
    public static DecoderOptions Default { get; } = new();

    /// <summary>Most bytes of an encoded image; default 25,000,000 (25 MB); at least 1.</summary>
    public int MaxBytes { get; init; } = 25_000_000;

    /// <summary>Most pixels, width × height as the header announces them; default 64,000,000 (64 megapixels); 1 to <see cref="LargestPixels"/>.</summary>
    public int MaxPixels { get; init; } = 64_000_000;

    /// <summary>Whether common JPEGs are decoded by our own vector code instead of Skia's; default true. The pixels are the same.</summary>
    public bool JpegShortCut { get; init; } = true;
}
