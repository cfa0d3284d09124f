namespace TinySaver.Inference.Models;

/// <summary>What <c>crop_pct</c> means to an image processor.</summary>
internal enum CropShare
{
    /// <summary>Nothing; the key is not the processor's.</summary>
    Ignored,

    /// <summary>
    /// ConvNeXt's: below 384 pixels the shortest edge becomes size ÷ crop_pct and the middle of <c>size</c> is cut out; from 384
    /// on the image is resized to the square without a crop.
    /// </summary>
    BelowFullSize,

    /// <summary>PoolFormer's: the resize goes to size ÷ crop_pct, and <c>crop_size</c> says what is cut out.</summary>
    BeforeCrop,
}
