using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;

namespace TinySaver.Benchmarks;

/// <summary>What <see cref="OnnxClassifier"/> adds to ONNX Runtime, preprocessing excluded.</summary>
[MemoryDiagnoser]
[MedianColumn]
public class InferenceBenchmarks : IDisposable
{
    private InferenceSession _session = null!;
    private RunOptions _runOptions = null!;
    private string[] _inputNames = null!;
    private string[] _outputNames = null!;
    private OrtValue[] _inputs = null!;
    private OrtValue[] _outputs = null!;
    private OnnxClassifier _classifier = null!;
    private ImageBatch _batch = null!;
    private float[] _scores = null!;

    /// <summary>Images a run.</summary>
    [Params(1, 8)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ModelFolder folder = BenchmarkModel.OpenTiny();
        PreprocessingSpec spec = folder.Preprocessing;
        Console.WriteLine($"// Model: {folder.Path}, {spec.InputWidth}×{spec.InputHeight}");

        _classifier = OnnxClassifier.Load(folder);
        _batch = _classifier.RentBatch(Batch);
        _scores = new float[Batch * _classifier.ClassCount];

        // The same settings as the classifier's defaults, so that only what is around the run differs.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        _session = new InferenceSession(folder.OnnxPath, options);
        _runOptions = new RunOptions();
        _inputNames = [.. _session.InputNames];
        _outputNames = [.. _session.OutputNames.Take(1)];

        var random = new Random(1);
        float[] pixels = new float[Batch * spec.TensorLength];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = random.NextSingle() * 2 - 1;
        // The second batch is the one that RentBatch will give: the same pixels, so that it does the same work.
        using ImageBatch pooled = _classifier.RentBatch(Batch);
        for (int i = 0; i < Batch; i++)
        {
            pixels.AsSpan(i * spec.TensorLength, spec.TensorLength).CopyTo(_batch[i]);
            pixels.AsSpan(i * spec.TensorLength, spec.TensorLength).CopyTo(pooled[i]);
        }

        _inputs = [OrtValue.CreateTensorValueFromMemory(pixels, [Batch, 3, spec.InputHeight, spec.InputWidth])];
        _outputs = [OrtValue.CreateTensorValueFromMemory(new float[_scores.Length], [Batch, _classifier.ClassCount])];
    }

    [GlobalCleanup]
    public void Cleanup() => Dispose();

    /// <summary>The limit: prepared input and output, nothing else.</summary>
    [Benchmark(Baseline = true, Description = "bare session, prepared input and output")]
    public void BareSession() => _session.Run(_runOptions, _inputNames, _inputs, _outputNames, _outputs);

    /// <summary>The usual loop: the runtime allocates the output, the caller reads it.</summary>
    [Benchmark(Description = "bare session, prepared input")]
    public float BareSessionAllocatingOutput()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_runOptions, _inputNames, _inputs, _outputNames);
        return outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    [Benchmark(Description = "OnnxClassifier.Run")]
    public void Classifier() => _classifier.Run(_batch, Batch, _scores);

    [Benchmark(Description = "RentBatch, Run, Dispose")]
    public void ClassifierWithRent()
    {
        using ImageBatch batch = _classifier.RentBatch(Batch);
        _classifier.Run(batch, Batch, _scores);
    }

    public void Dispose()
    {
        foreach (OrtValue value in _inputs.Concat(_outputs))
            value.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
        _batch.Dispose();
        _classifier.Dispose();
        GC.SuppressFinalize(this);
    }
}
