using System.Buffers.Binary;
using System.IO.Hashing;

namespace TinySaver.Fuzz.Images;

/// <summary>Makes the checksums of a damaged PNG right again, so that the damage reaches the code behind them.</summary>
internal static class PngChecksums
{
    public static void Mend(byte[] png)
    {
        for (int position = 8; position + 12 <= png.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(position));
            if (length > png.Length - position - 12)
                return;
            int end = position + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(end), Crc32.HashToUInt32(png.AsSpan(position + 4, (int)length + 4)));
            position = end + 4;
        }
    }
}
