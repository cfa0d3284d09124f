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
