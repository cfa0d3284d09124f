using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace TinySaver.Inference.Tests.Imaging;

/// <summary>Image files made in memory, byte by byte, so that tests do not depend on the decoder's own encoders.</summary>
internal static class TestImages
{
    public static byte[] RandomPixels(int width, int height, int seed)
    {
        byte[] bytes = new byte[width * height * 3];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A PNG of RGB bytes.</summary>
    public static byte[] Png(int width, int height, ReadOnlySpan<byte> rgb)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(rgb.Slice(y * width * 3, width * 3));
            }
        }

        return Png(width, height, packed.ToArray());
    }

    /// <summary>A PNG of a few kilobytes whose header is true and whose pixels are all black: the decompression bomb.</summary>
    public static byte[] BlackPng(int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] row = new byte[(width * 3) + 1];
            for (int y = 0; y < height; y++)
                zlib.Write(row);
        }

        return Png(width, height, packed.ToArray());
    }

    private static byte[] Png(int width, int height, byte[] data)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, data);
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        var crc = new Crc32();
        crc.Append(name);
        crc.Append(data);
        file.Write(name);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
