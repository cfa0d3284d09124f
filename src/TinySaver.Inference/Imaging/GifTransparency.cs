namespace TinySaver.Inference.Imaging;

/// <summary>Finds the flag that makes one palette entry of a GIF's first frame transparent.</summary>
/// <remarks>
/// Skia leaves transparent pixels black, Pillow's <c>convert("RGB")</c> shows the palette's colour. With the flag cleared in the bytes,
/// Skia shows it too.
/// </remarks>
internal static class GifTransparency
{
    /// <summary>The bit of the byte that <see cref="FlagPosition"/> finds.</summary>
    public const byte FlagBit = 1;

    private const int HeaderBytes = 13;

    /// <summary>Where the byte with the set flag is, or −1 where nothing of the first frame is transparent.</summary>
    public static int FlagPosition(ReadOnlySpan<byte> gif)
    {
        if (gif.Length < HeaderBytes)
            return -1;
        int position = HeaderBytes + PaletteBytes(gif[10]);
        int flag = -1;
        // An extension: 0x21, its kind, blocks that begin with their length, and an empty block. The last control block before the frame counts.
        while (position + 3 < gif.Length && gif[position] == 0x21)
        {
            if (gif[position + 1] == 0xF9 && gif[position + 2] >= 4)
                flag = (gif[position + 3] & FlagBit) != 0 ? position + 3 : -1;
            position += 2;
            while (position < gif.Length && gif[position] != 0)
                position += gif[position] + 1;
            position++;
        }

        return flag;
    }

    private static int PaletteBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
}
