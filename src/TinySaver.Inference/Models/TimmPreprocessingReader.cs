using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Models;

/// <summary>Reads the preprocessing of timm's <c>pretrained_cfg</c>, as timm's evaluation transform applies it.</summary>
/// <remarks>Defaults are those of timm's <c>resolve_data_config</c>: bicubic, ImageNet mean and deviation, 87.5 % centre crop.</remarks>
internal static class TimmPreprocessingReader
{
    private const double DefaultCropPct = 0.875;

    /// <summary>The <c>pretrained_cfg</c> of a file, or the file itself where it is timm's older flat form; null where it is neither.</summary>
    public static ConfigObject? Find(ConfigObject? config) =>
        config?.Object("pretrained_cfg") ?? (config?.Has("input_size") == true && config.Has("architecture") ? config : null);

    /// <summary>What timm does to an image.</summary>
    /// <exception cref="InvalidModelException">Something has an impossible value or is not supported.</exception>
    public static PreprocessingSpec Read(ConfigObject config, TensorLayout layout)
    {
        (int width, int height) = InputSize(config);
        double cropPct = config.Number("crop_pct") ?? DefaultCropPct;
        if (cropPct is not (> 0 and <= 1))
            throw config.Unexpected("crop_pct", config.Value("crop_pct")!.Value, "a share above 0 and at most 1");
        (int scaledWidth, int scaledHeight) = ((int)Math.Floor(width / cropPct), (int)Math.Floor(height / cropPct));

        ResizeRule resize = config.Text("crop_mode") switch
        {
            null or "center" when width == height => ResizeRule.ShortestEdge(scaledWidth),
            null or "center" => throw config.Unexpected("input_size", config.Value("input_size")!.Value, "a square, as crop mode 'center' is supported for squares only"),
            "squash" => ResizeRule.Exact(scaledWidth, scaledHeight),
            _ => throw config.Unexpected("crop_mode", config.Value("crop_mode")!.Value, "\"center\" or \"squash\""),
        };
        ResampleFilter filter = config.Text("interpolation") switch
        {
            null or "bicubic" => ResampleFilter.Bicubic,
            "bilinear" => ResampleFilter.Bilinear,
            _ => throw config.Unexpected("interpolation", config.Value("interpolation")!.Value, "\"bilinear\" or \"bicubic\""),
        };
        return new PreprocessingSpec(
            resize,
            // timm crops with torchvision, which splits odd margins its own way.
            new CenterCrop(width, height, CropOffset.HalfToEven),
            filter,
            mean: PreprocessingReader.Channels(config, "mean") ?? ProcessorDefaults.ImageNetMean,
            std: PreprocessingReader.Channels(config, "std") ?? ProcessorDefaults.ImageNetStd,
            layout: layout);
    }

    // [channels, height, width]
    private static (int Width, int Height) InputSize(ConfigObject config)
    {
        if (config.Value("input_size") is not { } size)
            throw new InvalidModelException($"{config.File}: 'pretrained_cfg' has no 'input_size'; add it, such as [3, 224, 224].");
        if (size.ValueKind != System.Text.Json.JsonValueKind.Array || size.GetArrayLength() != 3 || config.WholeNumber("input_size", size[0]) != 3)
            throw config.Unexpected("input_size", size, "[3, height, width]");
        return (config.WholeNumber("input_size", size[2]), config.WholeNumber("input_size", size[1]));
    }
}
