using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using SkiaSharp;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Inference.Tests.Imaging.Jpeg;

/// <summary>The short cut against Skia's libjpeg: the same pixels, or no answer.</summary>
public sealed class BaselineJpegTests
{
    [Fact]
    public void TryDecode_AnySizeQualityAndSubsampling_EqualsSkiaToTheBit()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The short cut needs AVX2.");
        Gen<(int width, int height, int quality, SKJpegEncoderDownsample sampling, int noise, int seed)> cases =
            from width in Gen.Choose(16, 150)
            from height in Gen.Choose(1, 150)
            from quality in Gen.Choose(1, 100)
            from sampling in Gen.Elements(SKJpegEncoderDownsample.Downsample420, SKJpegEncoderDownsample.Downsample422, SKJpegEncoderDownsample.Downsample444)
            from noise in Gen.Choose(0, 255)
            from seed in Gen.Choose(0, 1_000_000)
            select (width, height, quality, sampling, noise, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] file = Encode(c.width, c.height, c.quality, c.sampling, c.noise, c.seed);
            Assert.Equal(SkiaPixels(file), Pixels(file));
            Assert.Equal(SkiaPixels(file), Pixels(file, roomRows: 1 + (c.seed % 20)));
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
        byte[] file = GoldenCase.ImageBytes(name);
        Assert.Equal(SkiaPixels(file), Pixels(file));
    }

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    public void TryDecode_OtherKindsOfJpeg_AreLeftToSkia(string name) => Assert.Null(Pixels(GoldenCase.ImageBytes(name)));

    [Fact]
    public void TryDecode_TheImageOfTheWarmUp_IsDecoded()
    {
        Assert.SkipUnless(Avx2.IsSupported, "The short cut needs AVX2.");
        using SKData encoded = Cascade.BlankImage(SKEncodedImageFormat.Jpeg);

        Assert.True(BaselineJpeg.TryDecode(encoded.AsSpan(), 64, 64, new byte[64 * 64 * 4]));
    }

    [Fact]
    public void TryDecode_TruncatedAnywhere_IsLeftToSkia()
    {
        foreach (string name in (string[])["photo-2.jpg", "../restart.jpg"])
        {
            byte[] file = GoldenCase.ImageBytes(name);
            for (int length = 2; length < file.Length; length += length < file.Length - 64 ? 97 : 1)
                Assert.Null(Pixels(file[..length], 320, 240));
        }
    }

    [Theory]
    [InlineData("no end marker")]
    [InlineData("half an end marker")]
    [InlineData("a byte before the end marker")]
    [InlineData("fill before the end marker")]
    [InlineData("another marker at the end")]
    [InlineData("coefficients that overflow 32 bits")]
    [InlineData("a Huffman code of ones")]
    [InlineData("a difference category above 15")]
    [InlineData("a JFIF segment cut short before RGB")]
    public void TryDecode_WhatDoesNotEndOrCountExactly_IsLeftToSkia(string damage)
    {
        Assert.SkipUnless(Avx2.IsSupported, "The short cut needs AVX2.");
        byte[] sound = Encode(48, 40, 100, SKJpegEncoderDownsample.Downsample420, 255, 5);
        Assert.NotNull(Pixels(sound));

        byte[] damaged = Damaged(sound, damage);

        Assert.Null(Pixels(damaged, 48, 40));
        Assert.Equal(Outcome(damaged, shortCut: false), Outcome(damaged, shortCut: true));
    }

    [Fact]
    public void Decode_DamagedJpegs_AreJudgedAlikeWithAndWithoutTheShortCut()
    {
        var random = new Random(23);
        string[] names = ["photo-2.jpg", "odd.jpg", "../restart.jpg", "orientation-6.jpg"];
        int decoded = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] file = GoldenCase.ImageBytes(names[round % names.Length]);
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                file[random.Next(random.Next(4) == 0 ? 700 : file.Length)] ^= (byte)(1 << random.Next(8));
            file = file[..^(random.Next(3) == 0 ? random.Next(5) : 0)];
            string outcome = Outcome(file, shortCut: true);
            Assert.Equal(Outcome(file, shortCut: false), outcome);
            decoded += outcome.StartsWith("refused", StringComparison.Ordinal) ? 0 : 1;
        }

        Assert.InRange(decoded, 1, 399);
    }

    [Fact]
    public void TryDecode_HostileBytes_NeverThrows()
    {
        var random = new Random(11);
        string[] names = ["photo-0.jpg", "photo-1.jpg", "photo-2.jpg", "odd.jpg", "../restart.jpg", "orientation-6.jpg"];
        int decoded = 0;
        for (int round = 0; round < 1_000; round++)
        {
            byte[] file = GoldenCase.ImageBytes(names[round % names.Length]);
            // Half of the damage goes where the tables and sizes are.
            for (int flips = random.Next(1, 12); flips > 0; flips--)
                file[random.Next(random.Next(2) == 0 ? 700 : file.Length)] = (byte)random.Next(256);
            var scan = new JpegScan();
            if (scan.TryRead(file) && scan.Width * scan.Height < 1_000_000)
                decoded += Pixels(file, scan.Width, scan.Height, random.Next(20)) is null ? 0 : 1;
        }

        Assert.InRange(decoded, 1, 999);
    }

    // What was made of a file: its pixels' hash, or why it was refused.
    private static string Outcome(byte[] file, bool shortCut)
    {
        try
        {
            using DecodedImage image = ImageDecoder.Decode(file, new DecoderOptions { MaxPixels = 1_000_000, JpegShortCut = shortCut });
            return $"{image.Width}×{image.Height} {Convert.ToHexString(SHA256.HashData(image.Pixels))}";
        }
        catch (PermanentFailureException refusal)
        {
            return "refused: " + refusal.Message;
        }
    }

    private static byte[] Damaged(byte[] jpeg, string damage)
    {
        byte[] damaged = (byte[])jpeg.Clone();
        switch (damage)
        {
            case "no end marker":
                return jpeg[..^2];
            case "half an end marker":
                return jpeg[..^1];
            case "a byte before the end marker":
                return [.. jpeg[..^2], 0x55, .. jpeg[^2..]];
            case "fill before the end marker":
                return [.. jpeg[..^2], 0xFF, .. jpeg[^2..]];
            case "another marker at the end":
                damaged[^1] = 0xD8;
                return damaged;
            case "coefficients that overflow 32 bits":
                damaged.AsSpan(jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDB]) + 5, 64).Fill(255);
                return damaged;
            case "a Huffman code of ones":
                return WithCode(jpeg, 0, 3);
            case "a difference category above 15":
                return WithCode(jpeg, 1, 16);
            default:
                int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
                int scan = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
                for (int i = 0; i < 3; i++)
                    damaged[frame + 10 + (3 * i)] = damaged[scan + 5 + (2 * i)] = (byte)"RGB"[i];
                return [0xFF, 0xD8, 0xFF, 0xE0, 0, 7, .. "JFIF\0"u8, .. damaged[20..]];
        }
    }

    // Skia's encoder writes the table of the luma's differences first, fitted to the image: only the longest code of ones is left over.
    private static byte[] WithCode(byte[] jpeg, int longer, byte symbol)
    {
        int start = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        int end = start + 2 + jpeg[start + 3];
        byte[] damaged = (byte[])jpeg.Clone();
        damaged[start + 3]++;
        damaged[start + 5 + damaged.AsSpan(start + 5, 16).LastIndexOfAnyExcept((byte)0) + longer]++;
        return [.. damaged[..end], symbol, .. damaged[end..]];
    }

    // With roomRows, the rows are taken so many at a time.
    private static byte[]? Pixels(byte[] file, int width = 0, int height = 0, int roomRows = 0)
    {
        if (width == 0)
        {
            using var codec = SKCodec.Create(SKData.CreateCopy(file));
            (width, height) = (codec.Info.Width, codec.Info.Height);
        }

        byte[] pixels = new byte[width * height * 4];
        return (roomRows == 0
            ? BaselineJpeg.TryDecode(file, width, height, pixels)
            : BaselineJpeg.TryDecode(file, width, height, new byte[roomRows * width * 4], (rows, first) => rows.CopyTo(pixels.AsSpan(first * width * 4)))) ? pixels : null;
    }

    private static unsafe byte[] SkiaPixels(byte[] file)
    {
        using var codec = SKCodec.Create(SKData.CreateCopy(file));
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] pixels = new byte[info.BytesSize];
        fixed (byte* target = pixels)
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, (nint)target));
        return pixels;
    }

    // From smooth to pure noise, so that blocks are flat, sparse and full.
    private static byte[] Encode(int width, int height, int quality, SKJpegEncoderDownsample sampling, int noise, int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                byte Channel(int slope) => (byte)Math.Clamp((((x * slope) + (y * 3)) % 256) + random.Next(-noise, noise + 1), 0, 255);
                bitmap.SetPixel(x, y, new SKColor(Channel(1), Channel(2), Channel(5)));
            }
        }

        using var stream = new SKDynamicMemoryWStream();
        Assert.True(bitmap.PeekPixels().Encode(stream, new SKJpegEncoderOptions(quality, sampling, SKJpegEncoderAlphaOption.Ignore)));
        using SKData data = stream.DetachAsData();
        return data.ToArray();
    }
}
