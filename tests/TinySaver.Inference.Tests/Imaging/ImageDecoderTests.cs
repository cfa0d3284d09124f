using System.Text;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Tests.Imaging;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> OnePerFormat => ["photo-2.jpg", "progressive.jpg", "rgb.png", "large.webp", "rgb.bmp", "palette.gif", "orientation-6.jpg", "cmyk.jpg"];

    public static TheoryData<string, string> UnacceptedFormats => new()
    {
        { "II*\0\b\0\0\0", "TIFF" },
        { "MM\0*\0\0\0\b", "TIFF" },
        { "\0\0\0\u0018ftypheic\0\0\0\0", "HEIC" },
        { "\0\0\0\u0018ftypmif1\0\0\0\0", "HEIC" },
        { "\0\0\0\u001cftypavif\0\0\0\0", "AVIF" },
        { "\0\0\u0001\0\u0001\0\u0010\u0010", "ICO" },
        { "%PDF-1.7", "PDF" },
        { "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG" },
        { "8BPS\0\u0001", "Photoshop" },
        { "\0\0\0\fJXL \r\n", "JPEG XL" },
        { "\0\0\0\fjP  \r\n", "JPEG 2000" },
        { "P6\n1 1\n255\nabc", "Netpbm" },
    };

    [Fact]
    public void Decode_NoBytes_IsEmpty() => Fails(FailureReason.Empty, [], "no bytes");

    [Theory]
    [InlineData("hello, this is a text that someone called photo.jpg")]
    [InlineData("BM is how this text begins, and no bitmap it is")]
    [InlineData("GIF")]
    [InlineData("\0")]
    [InlineData("{\"json\": true}")]
    [InlineData("PK\u0003\u0004 an archive")]
    public void Decode_OtherBytes_IsNotAnImage(string text) => Fails(FailureReason.NotAnImage, Encoding.Latin1.GetBytes(text), "not an image");

    [Theory]
    [MemberData(nameof(UnacceptedFormats))]
    public void Decode_KnownFormatThatIsNotAccepted_NamesIt(string head, string name) =>
        Fails(FailureReason.UnsupportedFormat, Encoding.Latin1.GetBytes(head), name);

    [Fact]
    public void Decode_MoreBytesThanTheLimit_IsRefused()
    {
        byte[] file = GoldenCase.ImageBytes("rgb.png");
        Fails(FailureReason.TooManyBytes, file, $"{file.Length} bytes; at most {file.Length - 1}", new DecoderOptions { MaxBytes = file.Length - 1 });
        using DecodedImage image = ImageDecoder.Decode(file, new DecoderOptions { MaxBytes = file.Length });
        Assert.Equal(150, image.Width);
    }

    [Fact]
    public void Decode_MorePixelsThanTheLimit_IsRefused()
    {
        byte[] file = GoldenCase.ImageBytes("rgb.png");
        Fails(FailureReason.TooManyPixels, file, "150×113 = 16950 pixels; at most 16949", new DecoderOptions { MaxPixels = 16_949 });
        using DecodedImage image = ImageDecoder.Decode(file, new DecoderOptions { MaxPixels = 16_950 });
        Assert.Equal(113, image.Height);
    }

    [Fact]
    public void Decode_DecompressionBomb_IsRefusedWithoutPixelMemory()
    {
        // 30,000 × 30,000 pixels would be 3.6 GB; only the header is true here, which is all that may be read.
        byte[] bomb = TestImages.BlackPng(30_000, 1);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 30_000);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(bomb.AsSpan(12, 17)));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Fails(FailureReason.TooManyPixels, bomb, "30000×30000 = 900000000 pixels; at most 64000000");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [MemberData(nameof(OnePerFormat))]
    public void Decode_TruncatedFile_IsDamaged(string name)
    {
        byte[] file = GoldenCase.ImageBytes(name);
        foreach (double share in (double[])[0.02, 0.1, 0.5, 0.9])
            Fails(FailureReason.Damaged, file[..Math.Max((int)(file.Length * share), 16)], "truncated or damaged");
    }

    [Theory]
    [InlineData("rgb.png")]
    [InlineData("rgba.png")]
    public void Decode_FlippedBytesInPng_IsDamaged(string name)
    {
        byte[] file = GoldenCase.ImageBytes(name);
        for (int i = file.Length / 2; i < (file.Length / 2) + 40; i++)
            file[i] ^= 0x5A;
        Fails(FailureReason.Damaged, file, "truncated or damaged");
    }

    [Fact]
    public void Decode_AnyDamage_ThrowsNothingButPermanentFailures()
    {
        var random = new Random(7);
        string[] names = ["photo-2.jpg", "progressive.jpg", "rgb.png", "palette.png", "rgba.webp", "palette.bmp", "transparent.gif", "orientation-7.jpg", "orientation-5.png"];
        for (int round = 0; round < 600; round++)
        {
            byte[] file = GoldenCase.ImageBytes(names[round % names.Length]);
            for (int flips = random.Next(1, 30); flips > 0; flips--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                using DecodedImage image = ImageDecoder.Decode(file.AsSpan(0, random.Next(1, file.Length + 1)), new DecoderOptions { MaxPixels = 1_000_000 });
                Assert.InRange(image.Width * image.Height, 1, 1_000_000);
            }
            catch (PermanentFailureException failure)
            {
                Assert.NotEmpty(failure.Message);
            }
        }
    }

    [Theory]
    [InlineData("orientation-1.jpg", 48, 36)]
    [InlineData("orientation-6.jpg", 36, 48)]
    [InlineData("orientation-8.png", 36, 48)]
    [InlineData("orientation-5.webp", 36, 48)]
    public void Decode_OrientedImage_HasUprightSize(string name, int width, int height)
    {
        using DecodedImage image = ImageDecoder.Decode(GoldenCase.ImageBytes(name));
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Fact]
    public void Pixels_AfterDispose_Throws()
    {
        DecodedImage image = ImageDecoder.Decode(GoldenCase.ImageBytes("rgb.png"));
        image.Dispose();
        image.Dispose();
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Length);
    }

    private static void Fails(FailureReason reason, byte[] file, string message, DecoderOptions? limits = null)
    {
        PermanentFailureException failure = Assert.Throws<PermanentFailureException>(() => ImageDecoder.Decode(file, limits).Dispose());
        Assert.Equal(reason, failure.Reason);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
