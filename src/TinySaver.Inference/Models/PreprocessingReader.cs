using System.Text.Json;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Models;

/// <summary>Reads <c>preprocessor_config.json</c> of Hugging Face transformers.</summary>
internal static class PreprocessingReader
{
    // ConvNextImageProcessor: at this size and above, models were evaluated on the whole, warped image.
    private const int ConvNextFullSizePixels = 384;

    /// <summary>What the processor does to an image.</summary>
    /// <exception cref="InvalidModelException">Something that matters is missing, has an impossible value, or is not supported.</exception>
    public static PreprocessingSpec Read(ConfigObject config, TensorLayout layout)
    {
        var defaults = ProcessorDefaults.Of(config.Text("image_processor_type") ?? config.Text("feature_extractor_type"));
        Refuse(config, "do_flip_channel_order", defaults.FlipChannels, "the model wants blue, green, red; only red, green, blue is supported");
        Refuse(config, "do_pad", false, "padding to a multiple is not supported");
        Refuse(config, "do_thumbnail", false, "a thumbnail step is not supported");

        (ResizeRule? resize, CenterCrop? crop) = Geometry(config, defaults);
        (ChannelValues? mean, ChannelValues? std) = Normalization(config, defaults);
        return new PreprocessingSpec(
            resize,
            crop,
            resize is null ? ResampleFilter.Bilinear : Filter(config, defaults),
            config.Flag("do_rescale") ?? true ? (float)(config.Number("rescale_factor") ?? 1.0 / 255.0) : 1f,
            config.Flag("rescale_offset") ?? false ? -1f : 0f,
            mean,
            std,
            layout);
    }

    private static (ResizeRule? Resize, CenterCrop? Crop) Geometry(ConfigObject config, ProcessorDefaults defaults)
    {
        bool doCrop = config.Flag("do_center_crop") ?? defaults.CenterCrop ?? config.Has("crop_size");
        CenterCrop? crop = doCrop ? CropSize(config, defaults) : null;
        if (!(config.Flag("do_resize") ?? true))
            return (null, crop);

        (int? Edge, int Width, int Height) size = Size(config, defaults, doCrop);
        CropShare share = defaults.CropShare;
        if (defaults == ProcessorDefaults.Unknown && config.Has("crop_pct"))
            share = doCrop ? CropShare.BeforeCrop : CropShare.BelowFullSize;
        if (share == CropShare.Ignored)
            return (size.Edge is { } e ? ResizeRule.ShortestEdge((int)(e * defaults.EdgeFactor)) : ResizeRule.Exact(size.Width, size.Height), crop);

        double? cropPct = config.Number("crop_pct") ?? defaults.CropPct;
        if (cropPct is not (> 0 and <= 1))
            throw config.Unexpected("crop_pct", config.Value("crop_pct")!.Value, "a share above 0 and at most 1");
        int? edge = size.Edge ?? (size.Width == size.Height ? size.Width : null as int?);
        if (share == CropShare.BeforeCrop)
        {
            return (edge is { } shortest
                ? ResizeRule.ShortestEdge((int)(shortest / cropPct.Value))
                : ResizeRule.Exact((int)(size.Width / cropPct.Value), (int)(size.Height / cropPct.Value)), crop);
        }

        if (edge is not { } side)
            throw config.Unexpected("size", config.Value("size")!.Value, "one side length, as crop_pct without a crop_size needs a square");
        return side >= ConvNextFullSizePixels
            ? (ResizeRule.Exact(side, side), null)
            : (ResizeRule.ShortestEdge((int)(side / cropPct.Value)), new CenterCrop(side, side));
    }

    private static (int? Edge, int Width, int Height) Size(ConfigObject config, ProcessorDefaults defaults, bool doCrop)
    {
        if (config.Value("size") is not { } size)
        {
            return defaults switch
            {
                { ShortestEdge: { } edge } => (edge, 0, 0),
                { Square: { } square } => (null, square, square),
                _ => throw Missing(config, "size", "the size that images are resized to, such as {\"shortest_edge\": 256}"),
            };
        }

        if (size.ValueKind == JsonValueKind.Number)
        {
            int side = config.WholeNumber("size", size);
            // Where the processor is unknown, a number followed by a crop is an edge, as in torchvision; alone it is a square.
            return defaults.NumberIsSquare ?? !doCrop ? (null, side, side) : (side, 0, 0);
        }

        if (Sides(config, "size", size) is { } sides)
            return (null, sides.Width, sides.Height);
        if (size.ValueKind == JsonValueKind.Object && !size.TryGetProperty("longest_edge", out _) && size.TryGetProperty("shortest_edge", out JsonElement shortest))
            return (config.WholeNumber("size.shortest_edge", shortest), 0, 0);
        throw config.Unexpected("size", size, "a number, {\"shortest_edge\": n} or {\"height\": h, \"width\": w}");
    }

    private static CenterCrop CropSize(ConfigObject config, ProcessorDefaults defaults)
    {
        if (config.Value("crop_size") is not { } size)
        {
            return defaults.CropSize is { } square
                ? new CenterCrop(square, square)
                : throw Missing(config, "crop_size", "the size of the centre crop, such as {\"height\": 224, \"width\": 224}");
        }

        if (size.ValueKind == JsonValueKind.Number)
        {
            int side = config.WholeNumber("crop_size", size);
            return new CenterCrop(side, side);
        }

        return Sides(config, "crop_size", size) is { } sides
            ? new CenterCrop(sides.Width, sides.Height)
            : throw config.Unexpected("crop_size", size, "a number or {\"height\": h, \"width\": w}");
    }

    // {"height": h, "width": w}, or [h, w] in older files.
    private static (int Width, int Height)? Sides(ConfigObject config, string key, JsonElement size)
    {
        if (size.ValueKind == JsonValueKind.Object && size.TryGetProperty("height", out JsonElement height) && size.TryGetProperty("width", out JsonElement width))
            return (config.WholeNumber($"{key}.width", width), config.WholeNumber($"{key}.height", height));
        if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
            return (config.WholeNumber(key, size[1]), config.WholeNumber(key, size[0]));
        return null;
    }

    private static ResampleFilter Filter(ConfigObject config, ProcessorDefaults defaults)
    {
        int resample = config.WholeNumber("resample") ?? defaults.Resample
            ?? throw Missing(config, "resample", "2 (bilinear) or 3 (bicubic)");
        return resample switch
        {
            2 => ResampleFilter.Bilinear,
            3 => ResampleFilter.Bicubic,
            _ => throw new InvalidModelException(
                $"{config.File}: 'resample' is {resample}{(resample switch { 0 => " (nearest)", 1 => " (Lanczos)", 4 => " (box)", 5 => " (Hamming)", _ => "" })}; " +
                "supported are 2 (bilinear) and 3 (bicubic). Setting one of them changes the model's accuracy, so measure it."),
        };
    }

    private static (ChannelValues? Mean, ChannelValues? Std) Normalization(ConfigObject config, ProcessorDefaults defaults)
    {
        ChannelValues? mean = null;
        ChannelValues? std = null;
        if (config.Flag("do_normalize") ?? defaults.Normalize ?? (config.Has("image_mean") || config.Has("image_std")))
        {
            mean = Channels(config, "image_mean") ?? defaults.Mean ?? throw Missing(config, "image_mean", "three numbers, such as [0.5, 0.5, 0.5]");
            std = Channels(config, "image_std") ?? defaults.Std ?? throw Missing(config, "image_std", "three numbers, such as [0.5, 0.5, 0.5]");
        }

        // EfficientNet's include_top divides what is normalised already by the standard deviation once more.
        if ((config.Flag("include_top") ?? defaults.IncludeTop) && (Channels(config, "image_std") ?? defaults.Std) is { } top)
        {
            ChannelValues once = std ?? new ChannelValues(1, 1, 1);
            std = new ChannelValues(once.Red * top.Red, once.Green * top.Green, once.Blue * top.Blue);
        }

        return (mean, std);
    }

    /// <summary>A number for every channel, or a list of three or one.</summary>
    internal static ChannelValues? Channels(ConfigObject config, string key)
    {
        if (config.Value(key) is not { } value)
            return null;
        float[] numbers = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => (float)config.Number(key, item))]
            : [(float)config.Number(key, value)];
        return numbers.Length switch
        {
            1 => new ChannelValues(numbers[0], numbers[0], numbers[0]),
            3 => new ChannelValues(numbers[0], numbers[1], numbers[2]),
            _ => throw config.Unexpected(key, value, "three numbers, one for each of red, green and blue"),
        };
    }

    private static void Refuse(ConfigObject config, string key, bool byDefault, string reason)
    {
        if (config.Flag(key) ?? byDefault)
            throw new InvalidModelException($"{config.File}: '{key}' is {(config.Has(key) ? "true" : "true by this processor's default")}; {reason}.");
    }

    private static InvalidModelException Missing(ConfigObject config, string key, string expected) =>
        new($"{config.File} has no '{key}'; add it: {expected}.");
}
