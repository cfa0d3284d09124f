using TinySaver.Core.Failures;

namespace TinySaver.Inference.Imaging;

/// <summary>Where a centre crop begins when the margin is an odd number of pixels.</summary>
public enum CropOffset
{
    /// <summary>⌊(size − crop) / 2⌋, also below zero: the processors of Hugging Face transformers (<c>image_transforms.center_crop</c>).</summary>
    Floor,

    /// <summary>
    /// (size − crop) / 2, halves rounded to even, and ⌊(crop − size) / 2⌋ of padding where the image is smaller: torchvision's
    /// <c>center_crop</c>, which timm uses.
    /// </summary>
    HalfToEven,
}

/// <summary>The middle part of the resized image that the model sees; where the image is smaller, black is added around it.</summary>
/// <param name="Width">Width in pixels, 1 to <see cref="ResizeRule.MaxSidePixels"/>.</param>
/// <param name="Height">Height in pixels, 1 to <see cref="ResizeRule.MaxSidePixels"/>.</param>
/// <param name="Offset">How an odd margin is split.</param>
/// <exception cref="TinySaverException">A side is out of range.</exception>
public sealed record CenterCrop(int Width, int Height, CropOffset Offset = CropOffset.Floor)
{
    /// <summary>Width in pixels.</summary>
    public int Width { get; } = ResizeRule.CheckedSide("crop width", Width);

    /// <summary>Height in pixels.</summary>
    public int Height { get; } = ResizeRule.CheckedSide("crop height", Height);

    /// <summary>The first column of the image that the crop shows; negative where padding comes first.</summary>
    public int Left(int imageWidth) => First(imageWidth, Width);

    /// <summary>The first row of the image that the crop shows; negative where padding comes first.</summary>
    public int Top(int imageHeight) => First(imageHeight, Height);

    private int First(int size, int crop)
    {
        int margin = size - crop;
        if (Offset == CropOffset.Floor)
            return margin >> 1;
        return margin >= 0 ? (int)Math.Round(margin / 2.0, MidpointRounding.ToEven) : -(-margin >> 1);
    }
}
