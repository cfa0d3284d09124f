using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SkiaSharp;
using TinySaver.Cli.Classify;
using TinySaver.Cli.Images;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Models;

namespace TinySaver.Benchmarks;

/// <summary>
/// The whole cascade over the sample images against the large model alone: by our own code, and the way ONNX Runtime's C#
/// image-recognition tutorial does it.
/// </summary>
/// <remarks>
/// The tutorial decodes and resizes with ImageSharp, fills a DenseTensor pixel by pixel and runs a session with default options. Here
/// SkiaSharp takes ImageSharp's place (it is the faster of the two), so the tutorial's side is flattered, not handicapped.
/// </remarks>
[MemoryDiagnoser]
public class CascadeBenchmarks
{
    private IReadOnlyList<ImageFile> _images = [];
    private Cascade? _cascade;
    private InferenceSession? _tutorial;
    private (int Width, int Height) _size;
    private float[] _mean = [];
    private float[] _std = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _images = await ImageFinder.FindAsync([Repository.PathOf("samples", "images")], CancellationToken.None);
        _cascade = CascadeLoader.Load(Repository.PathOf("samples", "cascade.json"));
        var large = ModelFolder.Open(Repository.PathOf("samples", "models", "large"));
        _size = (large.Preprocessing.InputWidth, large.Preprocessing.InputHeight);
        _mean = [large.Preprocessing.Mean.Red, large.Preprocessing.Mean.Green, large.Preprocessing.Mean.Blue];
        _std = [large.Preprocessing.Std.Red, large.Preprocessing.Std.Green, large.Preprocessing.Std.Blue];
        _tutorial = new InferenceSession(large.OnnxPath);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cascade?.Dispose();
        _tutorial?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int LargeOnlyAsInTheTutorial()
    {
        int sum = 0;
        foreach (ImageFile image in _images)
            sum += ClassifyAsInTheTutorial(image.FullPath);

        return sum;
    }

    [Benchmark]
    public Task<int> LargeOnly() => RunAsync(largeOnly: true);

    [Benchmark]
    public Task<int> Cascade() => RunAsync(largeOnly: false);

    private async Task<int> RunAsync(bool largeOnly) =>
        (await new CascadeRun(_cascade!, _images, new(Environment.ProcessorCount, CascadeRunOptions.DefaultLargeBatchSize, largeOnly)).RunAsync(CancellationToken.None)).Count;

    private int ClassifyAsInTheTutorial(string path)
    {
        using var decoded = SKBitmap.Decode(path);
        using SKBitmap image = decoded.Resize(new SKImageInfo(_size.Width, _size.Height, SKColorType.Rgba8888), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var input = new DenseTensor<float>(new[] { 1, 3, _size.Height, _size.Width });
        ReadOnlySpan<byte> pixels = image.GetPixelSpan();
        for (int y = 0; y < _size.Height; y++)
        {
            for (int x = 0; x < _size.Width; x++)
            {
                int at = ((y * _size.Width) + x) * 4;
                input[0, 0, y, x] = ((pixels[at] / 255f) - _mean[0]) / _std[0];
                input[0, 1, y, x] = ((pixels[at + 1] / 255f) - _mean[1]) / _std[1];
                input[0, 2, y, x] = ((pixels[at + 2] / 255f) - _mean[2]) / _std[2];
            }
        }

        string name = _tutorial!.InputMetadata.Keys.First();
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _tutorial.Run([NamedOnnxValue.CreateFromTensor(name, input)]);
        float[] output = [.. results[0].AsEnumerable<float>()];
        float sum = output.Sum(MathF.Exp);
        float[] softmax = [.. output.Select(v => MathF.Exp(v) / sum)];
        return Array.IndexOf(softmax, softmax.Max());
    }
}
