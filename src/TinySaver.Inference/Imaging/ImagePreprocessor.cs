namespace TinySaver.Inference.Imaging;

/// <summary>Turns decoded images into model input as the Pillow-based processors of transformers and timm do.</summary>
public static class ImagePreprocessor
{
    /// <summary>Resizes, crops, rescales and normalises one image into one tensor.</summary>
    /// <param name="image">The image; it is only read, so that several specs can be applied to it.</param>
    /// <param name="spec">What to do.</param>
    /// <param name="destination">At least <see cref="PreprocessingSpec.TensorLength"/> floats; filled from the start.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Write(DecodedImage image, PreprocessingSpec spec, Span<float> destination) =>
        throw new NotSupportedException("Being written: types first, so that others can build against them.");
}
