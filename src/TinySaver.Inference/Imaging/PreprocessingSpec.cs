using System.Globalization;
using TinySaver.Core.Failures;

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

/// <summary>The order of the dimensions in a model's image input.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channel, row, column: three planes an image.</summary>
    Nchw,

    /// <summary>Batch, row, column, channel: red, green and blue side by side.</summary>
    Nhwc,
}

/// <summary>One number for each of the colour channels.</summary>
/// <param name="Red">The red channel's.</param>
/// <param name="Green">The green channel's.</param>
/// <param name="Blue">The blue channel's.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    internal bool All(Func<float, bool> condition) => condition(Red) && condition(Green) && condition(Blue);
}

/// <summary>How a decoded image becomes a model's input: resize, centre crop, rescale, normalise, layout, in this order.</summary>
/// <remarks>Immutable and compared by value: two models with equal specs can share one tensor.</remarks>
public sealed record PreprocessingSpec
{
    /// <summary>The usual rescale factor: 8-bit values become 0 to 1.</summary>
    public const float DefaultRescaleFactor = 1f / 255f;

    /// <summary>Makes a spec of parts that fit together.</summary>
    /// <exception cref="TinySaverException">A value is out of range, or images would end with different shapes.</exception>
    public PreprocessingSpec(
        ResizeRule? resize,
        CenterCrop? crop = null,
        ResampleFilter filter = ResampleFilter.Bilinear,
        float rescaleFactor = DefaultRescaleFactor,
        float rescaleOffset = 0,
        ChannelValues? mean = null,
        ChannelValues? std = null,
        TensorLayout layout = TensorLayout.Nchw)
    {
        (InputWidth, InputHeight) = crop is not null ? (crop.Width, crop.Height) : resize?.FixedSize ?? throw new TinySaverException(
            $"The preprocessing ({(resize is null ? "no resize" : $"resize to {resize}")}, no centre crop) gives images different shapes; " +
            "a model needs one. Add a crop size, or a size with both height and width, to the model's preprocessing configuration.");
        if (filter is not (ResampleFilter.Bilinear or ResampleFilter.Bicubic))
            throw Invalid("resample filter", filter, "2 (bilinear) or 3 (bicubic)");
        if (layout is not (TensorLayout.Nchw or TensorLayout.Nhwc))
            throw Invalid("tensor layout", layout, "NCHW or NHWC");
        if (!float.IsFinite(rescaleFactor) || rescaleFactor == 0)
            throw Invalid("rescale factor", rescaleFactor, "a finite number other than 0, usually 1/255");
        if (!float.IsFinite(rescaleOffset))
            throw Invalid("rescale offset", rescaleOffset, "a finite number, usually 0");
        if (mean is { } m && !m.All(float.IsFinite))
            throw Invalid("image mean", m, "three finite numbers");
        if (std is { } s && !s.All(static value => float.IsFinite(value) && value > 0))
            throw Invalid("image standard deviation", s, "three finite numbers above 0");
        (Resize, Crop, Filter, Layout) = (resize, crop, filter, layout);
        (RescaleFactor, RescaleOffset) = (rescaleFactor, rescaleOffset);
        (Mean, Std) = (mean ?? new ChannelValues(0, 0, 0), std ?? new ChannelValues(1, 1, 1));
    }

    /// <summary>The resize, or null for none.</summary>
    public ResizeRule? Resize { get; }

    /// <summary>The crop after the resize, or null for none; needed unless the resize is exact.</summary>
    public CenterCrop? Crop { get; }

    /// <summary>The kernel of the resize; default bilinear.</summary>
    public ResampleFilter Filter { get; }

    /// <summary>8-bit values are multiplied by this; finite and not 0; default 1/255; 1 where the processor does not rescale.</summary>
    public float RescaleFactor { get; }

    /// <summary>Added after <see cref="RescaleFactor"/>; finite; default 0. (−1 for processors with <c>rescale_offset</c>, such as EfficientNet's.)</summary>
    public float RescaleOffset { get; }

    /// <summary>Subtracted from each channel after the rescale; finite; 0 where the processor does not normalise.</summary>
    public ChannelValues Mean { get; }

    /// <summary>Each channel is divided by this after the mean; finite and above 0; 1 where the processor does not normalise.</summary>
    public ChannelValues Std { get; }

    /// <summary>The order of the dimensions; default NCHW.</summary>
    public TensorLayout Layout { get; }

    /// <summary>Width of every tensor, in pixels.</summary>
    public int InputWidth { get; }

    /// <summary>Height of every tensor, in pixels.</summary>
    public int InputHeight { get; }

    /// <summary>Floats in one image's tensor: 3 × <see cref="InputWidth"/> × <see cref="InputHeight"/>.</summary>
    public int TensorLength => 3 * InputWidth * InputHeight;

    private static TinySaverException Invalid(string name, object value, string expected) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The {name} is {value}; expected {expected}. Correct it in the model's preprocessing configuration."));
}
