namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>Image files of one colour, 8×8 pixels, as BMP.</summary>
internal static class TestImages
{
    private const int Side = 8;
    private const int HeaderLength = 54;

    public static byte[] Red { get; } = Bmp(255, 0, 0);

    public static byte[] Green { get; } = Bmp(0, 255, 0);

    public static byte[] Blue { get; } = Bmp(0, 0, 255);

    /// <summary>Red, says the large model; the tiny one is not sure.</summary>
    public static byte[] Unsure { get; } = Bmp(180, 150, 0);

    /// <summary>Green, says the large model; the tiny one is not sure.</summary>
    public static byte[] UnsureGreen { get; } = Bmp(150, 180, 0);

    /// <summary>Red, says the tiny model and is sure; blue, says the large one.</summary>
    public static byte[] DimRed { get; } = Bmp(110, 0, 0);

    /// <summary>No colour, say both models; bright throughout.</summary>
    public static byte[] White { get; } = Bmp(255, 255, 255);

    public static byte[] NotAnImage { get; } = "not an image, but long enough to be one"u8.ToArray();

    public static byte[] Bmp(byte red, byte green, byte blue)
    {
        byte[] file = new byte[HeaderLength + (Side * Side * 3)];
        "BM"u8.CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(2), file.Length);
        file[10] = HeaderLength;
        file[14] = 40;
        file[18] = Side;
        file[22] = Side;
        file[26] = 1;
        file[28] = 24;
        for (int i = HeaderLength; i < file.Length; i += 3)
            (file[i], file[i + 1], file[i + 2]) = (blue, green, red);

        return file;
    }
}
