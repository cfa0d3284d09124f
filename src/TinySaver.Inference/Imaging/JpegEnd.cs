using System.Buffers.Binary;

namespace TinySaver.Inference.Imaging;

/// <summary>Tells whether a progressive JPEG was cut short, which Skia does not say: it shows the passes it has, blurred.</summary>
internal static class JpegEnd
{
    private const byte Escape = 0xFF;
    private const byte ProgressiveFrame = 0xC2;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    /// <summary>Whether the file is a progressive JPEG without its end-of-image marker (ITU-T T.81, annex B).</summary>
    public static bool IsMissing(ReadOnlySpan<byte> jpeg)
    {
        bool progressive = false;
        ReadOnlySpan<byte> rest = jpeg[2..];
        while (true)
        {
            // The next marker: 0xFF and neither a stuffed 0 nor fill nor, within a scan, a restart marker (0xD0 to 0xD7).
            int escape = rest.IndexOf(Escape);
            if (escape < 0 || escape + 1 >= rest.Length)
                return progressive;
            byte marker = rest[escape + 1];
            if (marker == EndOfImage)
                return false;
            if (marker is 0 or 1 or Escape or (>= 0xD0 and <= 0xD8))
            {
                rest = rest[(escape + (marker == Escape ? 1 : 2))..];
                continue;
            }

            progressive |= marker == ProgressiveFrame;
            if (marker == StartOfScan && !progressive)
                return false;
            rest = rest[(escape + 2)..];
            if (rest.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(rest) is var length && length > rest.Length)
                return progressive;
            rest = rest[length..];
        }
    }
}
