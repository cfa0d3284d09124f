namespace TinySaver.Inference.Imaging;

/// <summary>An image file's format as its first bytes tell it; file names are not looked at.</summary>
/// <param name="Name">The name that people use.</param>
/// <param name="Accepted">Whether <see cref="ImageDecoder"/> decodes it.</param>
internal sealed record ImageFormat(string Name, bool Accepted)
{
    /// <summary>The accepted formats in one phrase, for messages.</summary>
    public const string AcceptedNames = "JPEG, PNG, WebP, BMP and GIF";

    public static readonly ImageFormat Jpeg = new("JPEG", true);
    public static readonly ImageFormat Png = new("PNG", true);
    public static readonly ImageFormat WebP = new("WebP", true);
    public static readonly ImageFormat Bmp = new("BMP", true);
    public static readonly ImageFormat Gif = new("GIF", true);

    // An XML prologue, comments and a document type may come before <svg.
    private const int SvgProbeBytes = 1024;

    /// <summary>The format, or null where the bytes are no image format that is known here.</summary>
    public static ImageFormat? Detect(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, 0xFF, ..] => Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => Gif,
        // The four reserved bytes are 0 in every BMP; without them any text that begins with BM would be one.
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => Bmp,
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => new("TIFF or camera raw", false),
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', _, _, _, _, ..] => MediaContainer(file[8..12]),
        [0, 0, 1, 0, >= 1, 0, ..] => new("ICO", false),
        [0, 0, 2, 0, >= 1, 0, ..] => new("CUR", false),
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => new("PDF", false),
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => new("Photoshop", false),
        [0xFF, 0x0A, ..] or [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => new("JPEG XL", false),
        [0xFF, 0x4F, 0xFF, 0x51, ..] or [0, 0, 0, 0x0C, (byte)'j', (byte)'P', (byte)' ', (byte)' ', ..] => new("JPEG 2000", false),
        [(byte)'D', (byte)'D', (byte)'S', (byte)' ', ..] => new("DDS", false),
        [(byte)'q', (byte)'o', (byte)'i', (byte)'f', ..] => new("QOI", false),
        [(byte)'P', >= (byte)'1' and <= (byte)'7', (byte)'\n' or (byte)' ', ..] => new("Netpbm", false),
        _ => file[..Math.Min(file.Length, SvgProbeBytes)].IndexOf("<svg"u8) >= 0 ? new("SVG", false) : null,
    };

    private static ImageFormat? MediaContainer(ReadOnlySpan<byte> brand)
    {
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            return new("AVIF", false);
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8))
            return new("HEIC", false);
        return null;
    }
}
