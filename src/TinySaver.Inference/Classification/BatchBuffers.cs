using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Classification;

/// <summary>What the tensors of a batch look like.</summary>
/// <param name="Spec">Gives the size and layout of an image's tensor.</param>
/// <param name="InputType">Float or Float16.</param>
/// <param name="Output">The output.</param>
/// <param name="Columns">Scores an image.</param>
/// <param name="FixedBatch">The number of images that every run must have, or null for any.</param>
internal sealed record BatchShape(PreprocessingSpec Spec, TensorElementType InputType, ScoreOutput Output, int Columns, int? FixedBatch)
{
    /// <summary>Floats in one image's input.</summary>
    public int InputLength { get; } = Spec.TensorLength;

    public TensorElementType OutputType => Output.Type;

    public long[] InputDimensions(int images) => Spec.Layout == TensorLayout.Nchw
        ? [images, 3, Spec.InputHeight, Spec.InputWidth]
        : [images, Spec.InputHeight, Spec.InputWidth, 3];

    public long[] OutputDimensions(int images) => Output.Shape(images, Columns);
}

/// <summary>The memory of one batch and ONNX Runtime's views of it, made once and used for every run.</summary>
/// <remarks>Not safe for use from several threads at once.</remarks>
internal sealed class BatchBuffers : IDisposable
{
    private readonly BatchShape _shape;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly Float16[]? _halfInput;
    private readonly Float16[]? _halfOutput;

    // With a fixed batch, one pair a chunk of that many images; otherwise one pair a number of images, made when first needed.
    private readonly (OrtValue[] Input, OrtValue[] Output)?[] _views;

    public BatchBuffers(BatchShape shape, int capacity)
    {
        _shape = shape;
        Capacity = capacity;
        int slots = shape.FixedBatch is { } batch ? (capacity + batch - 1) / batch * batch : capacity;
        // Pinned for good: the garbage collector never has to step around a tensor that is being read.
        _input = GC.AllocateArray<float>(checked(slots * shape.InputLength), pinned: true);
        _output = GC.AllocateArray<float>(checked(slots * shape.Columns), pinned: true);
        _halfInput = shape.InputType == TensorElementType.Float16 ? GC.AllocateArray<Float16>(_input.Length, pinned: true) : null;
        _halfOutput = shape.OutputType == TensorElementType.Float16 ? GC.AllocateArray<Float16>(_output.Length, pinned: true) : null;
        _views = new (OrtValue[], OrtValue[])?[shape.FixedBatch is { } fixedBatch ? slots / fixedBatch : capacity];
    }

    /// <summary>The images that fit.</summary>
    public int Capacity { get; }

    /// <summary>The input tensor of one image.</summary>
    public Span<float> Input(int index) => _input.AsSpan(index * _shape.InputLength, _shape.InputLength);

    /// <summary>Runs the first images and writes their scores.</summary>
    public void Run(InferenceSession session, RunOptions options, string[] inputNames, string[] outputNames, int count, Span<float> scores)
    {
        int slots = _shape.FixedBatch is { } batch ? (count + batch - 1) / batch * batch : count;
        // The rest of a fixed batch repeats an image: models that quantise as they run take their range from the whole batch.
        for (int slot = count; slot < slots; slot++)
            Input(count - 1).CopyTo(Input(slot));
        if (_halfInput is not null)
            TensorPrimitives.ConvertToHalf(_input.AsSpan(0, slots * _shape.InputLength), MemoryMarshal.Cast<Float16, Half>(_halfInput.AsSpan()));

        if (_shape.FixedBatch is { } size)
        {
            for (int chunk = 0; chunk * size < count; chunk++)
                RunView(session, options, inputNames, outputNames, _views[chunk] ??= View(chunk * size, size));
        }
        else
        {
            RunView(session, options, inputNames, outputNames, _views[count - 1] ??= View(0, count));
        }

        if (_halfOutput is not null)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(_halfOutput.AsSpan(0, scores.Length)), scores);
        else
            _output.AsSpan(0, scores.Length).CopyTo(scores);
    }

    /// <summary>The output's shape for one run of the smallest batch.</summary>
    public long[] ProbeOutputShape(InferenceSession session, RunOptions options, string[] inputNames, string[] outputNames)
    {
        (OrtValue[] Input, OrtValue[] Output) view = _views[0] ??= View(0, _shape.FixedBatch ?? 1);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, inputNames, view.Input, outputNames);
        return outputs[0].GetTensorTypeAndShape().Shape;
    }

    public void Dispose()
    {
        for (int i = 0; i < _views.Length; i++)
        {
            if (_views[i] is { } view)
            {
                view.Input[0].Dispose();
                view.Output[0].Dispose();
                _views[i] = null;
            }
        }
    }

    private static void RunView(
        InferenceSession session, RunOptions options, string[] inputNames, string[] outputNames, (OrtValue[] Input, OrtValue[] Output) view) =>
        session.Run(options, inputNames, view.Input, outputNames, view.Output);

    private (OrtValue[] Input, OrtValue[] Output) View(int first, int count) =>
        ([Tensor(_input, _halfInput, first * _shape.InputLength, count * _shape.InputLength, _shape.InputDimensions(count))],
         [Tensor(_output, _halfOutput, first * _shape.Columns, count * _shape.Columns, _shape.OutputDimensions(count))]);

    private static OrtValue Tensor(float[] single, Float16[]? half, int start, int length, long[] shape) => half is null
        ? OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, single.AsMemory(start, length), shape)
        : OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, half.AsMemory(start, length), shape);
}
