using TinySaver.Inference.Imaging;

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

/// <summary>What an image processor of Hugging Face transformers does where <c>preprocessor_config.json</c> is silent.</summary>
/// <remarks>
/// From the constructors of <c>image_processing_*.py</c> in transformers. A folder that names no processor, or one that is not
/// listed here, must spell out what matters: a wrong guess would cost accuracy without a sign.
/// </remarks>
/// <param name="ShortestEdge">A shortest edge, where the processor's size is one.</param>
/// <param name="Square">A square, where the processor's size is one.</param>
/// <param name="CropSize">The square that is cut out.</param>
/// <param name="CenterCrop">Whether the crop is on; null where that depends on whether a crop size is given.</param>
/// <param name="Resample">The <c>resample</c> number, or null where it must be given.</param>
/// <param name="Normalize">Whether mean and standard deviation are applied.</param>
/// <param name="Mean">Subtracted from each channel.</param>
/// <param name="Std">Divides each channel.</param>
/// <param name="CropShare">How <c>crop_pct</c> is read.</param>
/// <param name="CropPct">The <c>crop_pct</c>.</param>
/// <param name="FlipChannels">Whether red and blue are swapped.</param>
/// <param name="IncludeTop">Whether the standard deviation divides twice.</param>
/// <param name="EdgeFactor">The resize goes to this many times the given edge.</param>
internal sealed record ProcessorDefaults(
    int? ShortestEdge = null, int? Square = null, int? CropSize = null, bool? CenterCrop = null, int? Resample = null,
    bool? Normalize = null, ChannelValues? Mean = null, ChannelValues? Std = null, CropShare CropShare = CropShare.Ignored,
    double? CropPct = null, bool FlipChannels = false, bool IncludeTop = false, double EdgeFactor = 1)
{
    private static readonly ChannelValues Half = new(0.5f, 0.5f, 0.5f);

    /// <summary>The means of ImageNet's training images, in 0 to 1.</summary>
    public static readonly ChannelValues ImageNetMean = new(0.485f, 0.456f, 0.406f);

    /// <summary>The standard deviations of ImageNet's training images, in 0 to 1.</summary>
    public static readonly ChannelValues ImageNetStd = new(0.229f, 0.224f, 0.225f);

    private static readonly ChannelValues ClipMean = new(0.48145466f, 0.4578275f, 0.40821073f);
    private static readonly ChannelValues ClipStd = new(0.26862954f, 0.26130258f, 0.27577711f);

    /// <summary>The defaults where the processor is unknown.</summary>
    public static ProcessorDefaults Unknown { get; } = new();

    /// <summary>Whether a size given as one number is a square; null where it depends on the crop.</summary>
    public bool? NumberIsSquare => this == Unknown ? null : ShortestEdge is null;

    /// <summary>The defaults of a processor, by its <c>image_processor_type</c> or, in older files, <c>feature_extractor_type</c>.</summary>
    public static ProcessorDefaults Of(string? type)
    {
        string name = type ?? "";
        foreach (string suffix in (ReadOnlySpan<string>)["Fast", "ImageProcessor", "FeatureExtractor"])
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
        return name switch
        {
            "ViT" => new(Square: 224, CenterCrop: false, Resample: 2, Normalize: true, Mean: Half, Std: Half),
            "DeiT" or "Beit" => new(Square: 256, CropSize: 224, CenterCrop: true, Resample: 3, Normalize: true, Mean: Half, Std: Half),
            "Siglip" => new(Square: 224, CenterCrop: false, Resample: 3, Normalize: true, Mean: Half, Std: Half),
            "Pvt" => new(Square: 224, CenterCrop: false, Resample: 2, Normalize: true, Mean: ImageNetMean, Std: ImageNetStd),
            "Segformer" => new(Square: 512, CenterCrop: false, Resample: 2, Normalize: true, Mean: ImageNetMean, Std: ImageNetStd),
            // The two implementations of transformers disagree about the resample, so the folder has to say it.
            "EfficientNet" => new(Square: 346, CropSize: 289, CenterCrop: false, Normalize: true, Mean: Half, Std: Half, IncludeTop: true),
            "MobileNetV1" or "MobileNetV2" => new(ShortestEdge: 256, CropSize: 224, CenterCrop: true, Resample: 2, Normalize: true, Mean: Half, Std: Half),
            "MobileViT" => new(ShortestEdge: 224, CropSize: 256, CenterCrop: true, Resample: 2, Normalize: false, FlipChannels: true),
            "Bit" or "CLIP" or "ChineseCLIP" => new(ShortestEdge: 224, CropSize: 224, CenterCrop: true, Resample: 3, Normalize: true, Mean: ClipMean, Std: ClipStd),
            // int((256 / 224) * size), "to match the original implementation" as its documentation puts it.
            "Levit" => new(ShortestEdge: 224, CropSize: 224, CenterCrop: true, Resample: 3, Normalize: true, Mean: ImageNetMean, Std: ImageNetStd, EdgeFactor: 256.0 / 224.0),
            "PoolFormer" => new(ShortestEdge: 224, CropSize: 224, CenterCrop: true, Resample: 3, Normalize: true, Mean: ImageNetMean, Std: ImageNetStd, CropShare: CropShare.BeforeCrop, CropPct: 0.9),
            "ConvNext" => new(ShortestEdge: 384, CenterCrop: false, Resample: 3, Normalize: true, Mean: Half, Std: Half, CropShare: CropShare.BelowFullSize, CropPct: 224.0 / 256.0),
            _ => Unknown,
        };
    }
}
