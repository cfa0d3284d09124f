using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using NetVips;
using SkiaSharp;
using TinySaver.Inference.Imaging;

namespace TinySaver.Benchmarks;

/// <summary>From the bytes of a JPEG to a normalised NCHW tensor, one thread: ours, SkiaSharp's ways and NetVips' thumbnail.</summary>
/// <remarks>
/// Everyone resizes the shorter side to the target and crops the centre square. Only ours gives Pillow's pixels; the scaled Skia decode
/// and NetVips shrink within the JPEG decoder, which Pillow's processors do not and which therefore is not open to us.
/// </remarks>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByParams)]
[HideColumns("Error", "Median", "RatioSD", "Gen0", "Gen1", "Gen2", "Alloc Ratio")]
[MinIterationCount(10)]
[MaxIterationCount(25)]
public class PreprocessingBenchmarks
{
    private const int JpegQuality = 90;

    private static readonly ChannelValues Mean = new(0.485f, 0.456f, 0.406f);
    private static readonly ChannelValues Std = new(0.229f, 0.224f, 0.225f);

    private byte[] _jpeg = [];
    private float[] _tensor = [];
    private PreprocessingSpec _spec = null!;

    [Params("640x480", "4000x3000")]
    public string Image { get; set; } = "640x480";

    [Params(224, 96)]
    public int Target { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        int[] size = Image.Split('x').Select(int.Parse).ToArray();
        _jpeg = Photo(size[0], size[1]);
        _spec = new PreprocessingSpec(ResizeRule.ShortestEdge(Target), new CenterCrop(Target, Target), mean: Mean, std: Std);
        _tensor = new float[_spec.TensorLength];
        NetVips.NetVips.Concurrency = 1;
        // Without this libvips answers the second call from its operation cache.
        Cache.Max = 0;
        Console.WriteLine($"// {Image}: {_jpeg.Length} bytes of JPEG");
    }

    [Benchmark(Baseline = true)]
    public void SkiaMipmaps()
    {
        using var data = SKData.CreateCopy(_jpeg);
        using var full = SKBitmap.Decode(data);
        ResizeAndNormalise(full, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    [Benchmark]
    public void SkiaScaledDecode()
    {
        using var data = SKData.CreateCopy(_jpeg);
        using var codec = SKCodec.Create(data);
        SKSizeI scaled = codec.GetScaledDimensions((float)Target / Math.Min(codec.Info.Width, codec.Info.Height));
        using var reduced = new SKBitmap(new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (codec.GetPixels(reduced.Info, reduced.GetPixels()) != SKCodecResult.Success)
            throw new InvalidOperationException("Skia could not decode the benchmark's JPEG.");
        ResizeAndNormalise(reduced, new SKSamplingOptions(SKFilterMode.Linear));
    }

    [Benchmark]
    public void NetVipsThumbnail()
    {
        using var thumbnail = NetVips.Image.ThumbnailBuffer(_jpeg, Target, height: Target, crop: Enums.Interesting.Centre);
        Normalise(thumbnail.WriteToMemory<byte>(), 3);
    }

    [Benchmark]
    public void TinySaver()
    {
        using DecodedImage image = ImageDecoder.Decode(_jpeg);
        ImagePreprocessor.Write(image, _spec, _tensor);
    }

    [Benchmark]
    public void TinySaverDecodeOnly() => ImageDecoder.Decode(_jpeg).Dispose();

    private void ResizeAndNormalise(SKBitmap source, SKSamplingOptions sampling)
    {
        (int width, int height) = ResizeRule.ShortestEdge(Target).OutputSize(source.Width, source.Height);
        using var resized = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (!source.ScalePixels(resized, sampling))
            throw new InvalidOperationException("Skia could not resize the benchmark's image.");
        using var square = new SKBitmap();
        resized.ExtractSubset(square, SKRectI.Create((width - Target) / 2, (height - Target) / 2, Target, Target));
        for (int y = 0; y < Target; y++)
            NormaliseRow(square.GetPixelSpan().Slice(y * square.RowBytes, Target * 4), 4, y);
    }

    private void Normalise(ReadOnlySpan<byte> pixels, int pixelBytes)
    {
        for (int y = 0; y < Target; y++)
            NormaliseRow(pixels.Slice(y * Target * pixelBytes, Target * pixelBytes), pixelBytes, y);
    }

    private void NormaliseRow(ReadOnlySpan<byte> row, int pixelBytes, int y)
    {
        int plane = Target * Target;
        Span<float> red = _tensor.AsSpan(y * Target, Target);
        Span<float> green = _tensor.AsSpan(plane + (y * Target), Target);
        Span<float> blue = _tensor.AsSpan((2 * plane) + (y * Target), Target);
        for (int x = 0; x < red.Length; x++)
        {
            red[x] = ((row[x * pixelBytes] / 255f) - Mean.Red) / Std.Red;
            green[x] = ((row[(x * pixelBytes) + 1] / 255f) - Mean.Green) / Std.Green;
            blue[x] = ((row[(x * pixelBytes) + 2] / 255f) - Mean.Blue) / Std.Blue;
        }
    }

    // Like a photo to the entropy coder: structure on all scales, soft edges, a little sensor noise.
    internal static byte[] Photo(int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            using var paint = new SKPaint { Shader = SKShader.CreatePerlinNoiseFractalNoise(4f / width, 4f / height, 7, 3f) };
            canvas.DrawPaint(paint);
        }

        var random = new Random(42);
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(((pixels[i] - 128) * 3 / 2) + 128 + random.Next(-5, 6), 0, 255);
        using var image = SKImage.FromBitmap(bitmap);
        using SKData encoded = image.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return encoded.ToArray();
    }
}
