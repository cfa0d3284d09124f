using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Inference.Graphs;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Classification;

/// <summary>A loaded image classifier: one ONNX Runtime session that any number of threads may share.</summary>
/// <remarks>
/// Rent an <see cref="ImageBatch"/>, fill its slots by <see cref="ImagePreprocessor"/>, <see cref="Run"/> it, give it back.
/// Dispose when no run is under way.
/// </remarks>
public sealed class OnnxClassifier : IDisposable
{
    // More buffers of one size than threads that could use them at once would only hold memory.
    private static readonly int MaxPooledPerCapacity = 2 * Environment.ProcessorCount;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly BatchShape _shape;
    private readonly ConcurrentDictionary<int, ConcurrentQueue<BatchBuffers>> _pools = new();
    private volatile bool _disposed;

    private OnnxClassifier(ModelFolder folder, OnnxClassifierOptions options, InferenceSession session)
    {
        _session = session;
        Preprocessing = folder.Preprocessing;
        Labels = folder.Labels;
        ExecutionProvider = SessionFactory.NameOf(options.ExecutionProvider);

        var output = ScoreOutput.Choose(session, folder.Labels.Count, folder.OnnxPath);
        ScoreKind = options.Scores ?? folder.DeclaredScores ?? ScoreKinds.Of(folder.Graph, output.Name, folder.OnnxPath);
        TensorElementType type = folder.Input.Type == TensorProto.Types.DataType.Float16 ? TensorElementType.Float16 : TensorElementType.Float;
        _shape = new BatchShape(folder.Preprocessing, type, output, folder.Labels.Count, folder.Input.Batch);
        _inputNames = [folder.Input.Name];
        _outputNames = [output.Name];
        if (!output.IsColumnCountKnown)
            CheckColumns(folder);
    }

    /// <summary>How an image becomes the input of this model.</summary>
    public PreprocessingSpec Preprocessing { get; }

    /// <summary>The labels by class index.</summary>
    public LabelSet Labels { get; }

    /// <summary>Whether <see cref="Run"/> gives logits or probabilities.</summary>
    public ScoreKind ScoreKind { get; }

    /// <summary>Scores an image.</summary>
    public int ClassCount => Labels.Count;

    /// <summary>The number of images that the model's graph insists on, or null for any; fewer are filled up, more run in turns.</summary>
    public int? FixedBatchSize => _shape.FixedBatch;

    /// <summary>ONNX Runtime's name of what runs the model: <c>CPUExecutionProvider</c> or <c>CUDAExecutionProvider</c>.</summary>
    public string ExecutionProvider { get; }

    /// <summary>The input for people: <c>pixel_values: float [batch, 3, 224, 224]</c>.</summary>
    public string InputDescription => Describe(_inputNames[0], _shape.InputType, _shape.InputDimensions(_shape.FixedBatch ?? 0));

    /// <summary>The output that holds the scores, for people: <c>logits: float [batch, 1000]</c>.</summary>
    public string OutputDescription => Describe(_outputNames[0], _shape.OutputType, _shape.OutputDimensions(_shape.FixedBatch ?? 0));

    /// <summary>Loads a model; without options by <see cref="OnnxClassifierOptions.Default"/>.</summary>
    /// <exception cref="InvalidModelException">The model cannot be loaded, or its output does not fit its labels.</exception>
    /// <exception cref="TinySaverException">The execution provider is not there.</exception>
    public static OnnxClassifier Load(ModelFolder folder, OnnxClassifierOptions? options = null)
    {
        options ??= OnnxClassifierOptions.Default;
        InferenceSession session = SessionFactory.Load(folder.OnnxPath, options);
        try
        {
            return new OnnxClassifier(folder, options, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Rents room for so many images, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public ImageBatch RentBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ObjectDisposedException.ThrowIf(_disposed, this);
        BatchBuffers buffers = PoolOf(capacity).TryDequeue(out BatchBuffers? pooled) ? pooled : new BatchBuffers(_shape, capacity);
        return new ImageBatch(this, buffers);
    }

    /// <summary>Classifies the first images of a batch.</summary>
    /// <param name="batch">A batch rented from this classifier, whose first <paramref name="count"/> slots are filled; used by one run at a time.</param>
    /// <param name="count">The number of images, 1 to the batch's capacity.</param>
    /// <param name="scores">Receives <paramref name="count"/> × <see cref="ClassCount"/> numbers, image by image, of the kind <see cref="ScoreKind"/>.</param>
    /// <exception cref="ArgumentException">The batch is another classifier's, or the scores do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The classifier or the batch was disposed.</exception>
    public void Run(ImageBatch batch, int count, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, batch.Capacity);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!batch.BelongsTo(this))
            throw new ArgumentException("The batch was rented from another classifier.", nameof(batch));
        if (scores.Length < count * ClassCount)
            throw new ArgumentException($"{count} images × {ClassCount} classes need {count * ClassCount} scores, not {scores.Length}.", nameof(scores));
        batch.Buffers.Run(_session, _runOptions, _inputNames, _outputNames, count, scores[..(count * ClassCount)]);
    }

    /// <summary>Releases the session and the pooled memory.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (ConcurrentQueue<BatchBuffers> pool in _pools.Values)
        {
            while (pool.TryDequeue(out BatchBuffers? buffers))
                buffers.Dispose();
        }

        _runOptions.Dispose();
        _session.Dispose();
    }

    private static string Describe(string name, TensorElementType type, long[] dimensions) =>
        $"{name}: {type.ToString().ToLowerInvariant()} [{(dimensions[0] == 0 ? "batch" : dimensions[0])}, {string.Join(", ", dimensions[1..])}]";

    internal void Return(BatchBuffers buffers)
    {
        ConcurrentQueue<BatchBuffers> pool = PoolOf(buffers.Capacity);
        if (_disposed || pool.Count >= MaxPooledPerCapacity)
            buffers.Dispose();
        else
            pool.Enqueue(buffers);
    }

    private ConcurrentQueue<BatchBuffers> PoolOf(int capacity) => _pools.GetOrAdd(capacity, static _ => []);

    // One run on a blank image, with the output left to ONNX Runtime, shows the shape that the graph does not tell.
    private void CheckColumns(ModelFolder folder)
    {
        using var buffers = new BatchBuffers(_shape, 1);
        long[] shape;
        try
        {
            shape = buffers.ProbeOutputShape(_session, _runOptions, _inputNames, _outputNames);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidModelException($"{folder.OnnxPath} cannot be run: {e.Message}", e);
        }

        if (shape.Length < 2 || shape[1] != ClassCount)
        {
            throw new InvalidModelException(
                $"{folder.OnnxPath}: output '{_outputNames[0]}' is [{string.Join(", ", shape)}] for {shape.FirstOrDefault()} images; expected {ClassCount} columns, one for each label in config.json.");
        }
    }
}
