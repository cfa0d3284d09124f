namespace TinySaver.Inference.Imaging;

/// <summary>The kernel of a resize; the values are Pillow's, as <c>resample</c> in <c>preprocessor_config.json</c> gives them.</summary>
/// <remarks>Both are antialiased: their support grows with the reduction (Pillow's <c>Image.resize</c>).</remarks>
public enum ResampleFilter
{
    /// <summary>Triangle filter, support 1 (<c>PIL.Image.BILINEAR</c>).</summary>
    Bilinear = 2,

    /// <summary>Cubic convolution with a = −0.5, support 2 (<c>PIL.Image.BICUBIC</c>).</summary>
    Bicubic = 3,
}
