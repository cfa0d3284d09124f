using System.Buffers.Binary;
using SkiaSharp;

namespace TinySaver.Inference.Imaging;

/// <summary>Reads the EXIF orientation of a PNG, which Skia does not, from its <c>eXIf</c> chunk (PNG specification, third edition).</summary>
internal static class PngOrientation
{
    private const int SignatureBytes = 8;
    private const ushort OrientationTag = 0x0112;
    private const int EntryBytes = 12;

    /// <summary>The orientation, or <see cref="SKEncodedOrigin.TopLeft"/> where there is none that makes sense.</summary>
    public static SKEncodedOrigin Read(ReadOnlySpan<byte> png)
    {
        // A chunk: length, name, data, checksum.
        ReadOnlySpan<byte> rest = png[SignatureBytes..];
        while (rest.Length >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                break;
            if (rest[4..8].SequenceEqual("eXIf"u8))
                return FromTiff(rest.Slice(8, (int)length));
            rest = rest[(12 + (int)length)..];
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static SKEncodedOrigin FromTiff(ReadOnlySpan<byte> tiff)
    {
        // Some writers keep the prefix that EXIF has in JPEG files.
        if (tiff.StartsWith("Exif\0\0"u8))
            tiff = tiff[6..];
        if (tiff.Length < 8 || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
            return SKEncodedOrigin.TopLeft;
        bool little = tiff[0] == (byte)'I';
        uint directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return SKEncodedOrigin.TopLeft;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        ushort count = Short(entries, little);
        for (ReadOnlySpan<byte> entry = entries[2..]; count > 0 && entry.Length >= EntryBytes; count--, entry = entry[EntryBytes..])
        {
            // Tag, type, count, value: a short fills the first two bytes of the value.
            if (Short(entry, little) == OrientationTag && Short(entry[8..], little) is >= 1 and <= 8 and var value)
                return (SKEncodedOrigin)value;
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
