using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using SkiaSharp;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Inference.Tests.Imaging.Jpeg;

/// <summary>The short cut against Skia's libjpeg: the same pixels, or no answer.</summary>
public sealed class BaselineJpegTests
{
    [Fact]
    public void TryDecode_AnySizeQualityAndSubsampling_EqualsSkiaToTheBit()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The short cut needs AVX2.");
        var cases =
            from width in Gen.Choose(16, 150)
            from height in Gen.Choose(1, 150)
            from quality in Gen.Choose(1, 100)
            from sampling in Gen.Elements(SKJpegEncoderDownsample.Downsample420, SKJpegEncoderDownsample.Downsample422, SKJpegEncoderDownsample.Downsample444)
            from noise in Gen.Choose(0, 255)
            from seed in Gen.Choose(0, 1_000_000)
            select (width, height, quality, sampling, noise, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var file = Encode(c.width, c.height, c.quality, c.sampling, c.noise, c.seed);
            Assert.Equal(SkiaPixels(file), Pixels(file, SKEncodedOrigin.TopLeft));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Theory]
    [InlineData("photo-0.jpg")]
    [InlineData("photo-1.jpg")]
    [InlineData("photo-2.jpg")]
    [InlineData("odd.jpg")]
    [InlineData("../restart.jpg")] // libvips 8.18: jpegsave of photo-0.jpg's first 203×151 pixels, Q=80, restart_interval=3.
    public void TryDecode_FilesOfOtherEncoders_EqualSkiaToTheBit(string name)
    {
        Assert.SkipUnless(Avx2.IsSupported, "The short cut needs AVX2.");
        var file = GoldenCase.ImageBytes(name);
        Assert.Equal(SkiaPixels(file), Pixels(file, SKEncodedOrigin.TopLeft));
    }

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    public void TryDecode_OtherKindsOfJpeg_AreLeftToSkia(string name) => Assert.Null(Pixels(GoldenCase.ImageBytes(name), SKEncodedOrigin.TopLeft));

    [Fact]
    public void TryDecode_TruncatedAnywhere_IsLeftToSkia()
    {
        foreach (var name in (string[])["photo-2.jpg", "../restart.jpg"])
        {
            var file = GoldenCase.ImageBytes(name);
            for (var length = 2; length < file.Length - 64; length += 97)
                Assert.Null(Pixels(file[..length], SKEncodedOrigin.TopLeft, 320, 240));
        }
    }

    [Fact]
    public void TryDecode_HostileBytes_NeverThrows()
    {
        var random = new Random(11);
        string[] names = ["photo-0.jpg", "photo-1.jpg", "photo-2.jpg", "odd.jpg", "../restart.jpg", "orientation-6.jpg"];
        var decoded = 0;
        for (var round = 0; round < 1_000; round++)
        {
            var file = GoldenCase.ImageBytes(names[round % names.Length]);
            // Half of the damage goes where the tables and sizes are.
            for (var flips = random.Next(1, 12); flips > 0; flips--)
                file[random.Next(random.Next(2) == 0 ? 700 : file.Length)] = (byte)random.Next(256);
            var scan = new JpegScan();
            if (scan.TryRead(file) && scan.Width * scan.Height < 1_000_000)
                decoded += Pixels(file, (SKEncodedOrigin)random.Next(1, 9), scan.Width, scan.Height) is null ? 0 : 1;
        }

        Assert.InRange(decoded, 1, 999);
    }

    private static byte[]? Pixels(byte[] file, SKEncodedOrigin origin, int width = 0, int height = 0)
    {
        if (width == 0)
        {
            using var codec = SKCodec.Create(SKData.CreateCopy(file));
            (width, height) = (codec.Info.Width, codec.Info.Height);
        }

        var pixels = new byte[width * height * 4];
        return BaselineJpeg.TryDecode(file, width, height, origin, pixels) ? pixels : null;
    }

    private static unsafe byte[] SkiaPixels(byte[] file)
    {
        using var codec = SKCodec.Create(SKData.CreateCopy(file));
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var pixels = new byte[info.BytesSize];
        fixed (byte* target = pixels)
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, (nint)target));
        return pixels;
    }

    // From smooth to pure noise, so that blocks are flat, sparse and full.
    private static byte[] Encode(int width, int height, int quality, SKJpegEncoderDownsample sampling, int noise, int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                byte Channel(int slope) => (byte)Math.Clamp((((x * slope) + (y * 3)) % 256) + random.Next(-noise, noise + 1), 0, 255);
                bitmap.SetPixel(x, y, new SKColor(Channel(1), Channel(2), Channel(5)));
            }
        }

        using var stream = new SKDynamicMemoryWStream();
        Assert.True(bitmap.PeekPixels().Encode(stream, new SKJpegEncoderOptions(quality, sampling, SKJpegEncoderAlphaOption.Ignore)));
        using var data = stream.DetachAsData();
        return data.ToArray();
    }
}
