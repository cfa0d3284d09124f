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
