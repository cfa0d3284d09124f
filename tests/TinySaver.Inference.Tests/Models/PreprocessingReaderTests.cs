using System.Text;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Tests.Models;

public sealed class PreprocessingReaderTests
{
    private const string Normalized = "\"resample\": 2, \"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]";

    [Theory]
    [InlineData("\"size\": 224", "224×224", 224, 224)]
    [InlineData("\"size\": 256, \"crop_size\": 224", "shortest edge 256", 224, 224)]
    [InlineData("\"size\": {\"shortest_edge\": 256}, \"crop_size\": 224", "shortest edge 256", 224, 224)]
    [InlineData("\"size\": {\"shortest_edge\": 256}, \"crop_size\": {\"height\": 200, \"width\": 224}", "shortest edge 256", 224, 200)]
    [InlineData("\"size\": {\"height\": 160, \"width\": 192}", "192×160", 192, 160)]
    [InlineData("\"size\": [160, 192]", "192×160", 192, 160)]
    [InlineData("\"size\": {\"height\": 256, \"width\": 256}, \"crop_size\": 224, \"do_center_crop\": false", "256×256", 256, 256)]
    [InlineData("\"size\": 224, \"crop_pct\": 0.875", "shortest edge 256", 224, 224)]
    [InlineData("\"size\": {\"shortest_edge\": 384}, \"crop_pct\": 1.0", "384×384", 384, 384)]
    [InlineData("\"size\": {\"shortest_edge\": 224}, \"crop_size\": 224, \"crop_pct\": 0.9", "shortest edge 248", 224, 224)]
    [InlineData("\"size\": {\"height\": 224, \"width\": 224}, \"crop_size\": 224, \"crop_pct\": 0.9", "shortest edge 248", 224, 224)]
    [InlineData("\"size\": {\"height\": 90, \"width\": 180}, \"crop_size\": [90, 180], \"crop_pct\": 0.9", "200×100", 180, 90)]
    [InlineData("\"do_resize\": false, \"crop_size\": 224", null, 224, 224)]
    [InlineData("\"size\": 384, \"image_processor_type\": \"ViTImageProcessor\"", "384×384", 384, 384)]
    [InlineData("\"size\": 256, \"crop_size\": 224, \"feature_extractor_type\": \"DeiTFeatureExtractor\"", "256×256", 224, 224)]
    [InlineData("\"size\": 224, \"image_processor_type\": \"ConvNextImageProcessor\", \"crop_pct\": null", "shortest edge 256", 224, 224)]
    [InlineData("\"size\": 384, \"image_processor_type\": \"ConvNextImageProcessorFast\"", "384×384", 384, 384)]
    [InlineData("\"size\": 224, \"image_processor_type\": \"CLIPImageProcessor\"", "shortest edge 224", 224, 224)]
    [InlineData("\"size\": {\"shortest_edge\": 224}, \"image_processor_type\": \"LevitImageProcessor\"", "shortest edge 256", 224, 224)]
    [InlineData("\"image_processor_type\": \"MobileNetV2ImageProcessor\"", "shortest edge 256", 224, 224)]
    [InlineData("\"image_processor_type\": \"PoolFormerImageProcessor\"", "shortest edge 248", 224, 224)]
    public void Read_SizeSpellings_GiveResizeAndInput(string keys, string? resize, int width, int height)
    {
        PreprocessingSpec spec = Read($"{{{keys}, {Normalized}}}");

        Assert.Equal(resize, spec.Resize?.ToString());
        Assert.Equal((width, height), (spec.InputWidth, spec.InputHeight));
    }

    [Fact]
    public void Read_ProcessorWithoutKeys_UsesItsDefaults()
    {
        PreprocessingSpec spec = Read("""{"image_processor_type": "MobileNetV1ImageProcessor"}""");

        Assert.Equal(ResampleFilter.Bilinear, spec.Filter);
        Assert.Equal(new ChannelValues(0.5f, 0.5f, 0.5f), spec.Mean);
        Assert.Equal(CropOffset.Floor, spec.Crop!.Offset);
        Assert.Equal(1f / 255, spec.RescaleFactor);
        Assert.Equal(ResampleFilter.Bicubic, Read("""{"image_processor_type": "BitImageProcessor"}""").Filter);
    }

    [Fact]
    public void Read_FlagsOff_SkipRescaleAndNormalization()
    {
        PreprocessingSpec spec = Read("""{"size": 224, "resample": 3, "do_rescale": false, "do_normalize": false, "image_mean": [0.1, 0.2, 0.3], "image_std": [1, 2, 3]}""");

        Assert.Equal(ResampleFilter.Bicubic, spec.Filter);
        Assert.Equal((1f, 0f), (spec.RescaleFactor, spec.RescaleOffset));
        Assert.Equal((new ChannelValues(0, 0, 0), new ChannelValues(1, 1, 1)), (spec.Mean, spec.Std));
    }

    [Fact]
    public void Read_EfficientNet_DividesByTheDeviationTwice()
    {
        PreprocessingSpec spec = Read("""{"image_processor_type": "EfficientNetImageProcessor", "resample": 3, "image_std": [0.5, 0.25, 0.1], "rescale_factor": 0.00784313725490196, "rescale_offset": true}""");

        Assert.Equal(new ChannelValues(0.25f, 0.0625f, 0.1f * 0.1f), spec.Std);
        Assert.Equal(-1f, spec.RescaleOffset);
        Assert.Equal(1f / 127.5f, spec.RescaleFactor);
    }

    [Fact]
    public void Read_OneNumberForAllChannels_IsRepeated() =>
        Assert.Equal(new ChannelValues(127.5f, 127.5f, 127.5f), Read("""{"size": 8, "resample": 2, "image_mean": 127.5, "image_std": [127.5]}""").Std);

    [Theory]
    [InlineData("{\"size\": 224, \"resample\": 1, \"image_mean\": 0.5, \"image_std\": 0.5}", "'resample' is 1 (Lanczos); supported are 2 (bilinear) and 3 (bicubic)")]
    [InlineData("{\"size\": 224, \"resample\": 0}", "'resample' is 0 (nearest)")]
    [InlineData("{\"size\": 224}", "has no 'resample'")]
    [InlineData("{\"image_processor_type\": \"EfficientNetImageProcessor\"}", "has no 'resample'")]
    [InlineData("{\"resample\": 2}", "has no 'size'")]
    [InlineData("{\"size\": \"big\", \"resample\": 2}", "'size' is \"big\"; expected a number")]
    [InlineData("{\"size\": {\"longest_edge\": 224}, \"resample\": 2}", "'size' is {\"longest_edge\": 224}; expected")]
    [InlineData("{\"size\": {\"shortest_edge\": 224.5}, \"resample\": 2}", "'size.shortest_edge' is 224.5; expected a whole number")]
    [InlineData("{\"size\": -1, \"resample\": 2}", "is -1 pixels; expected 1 to")]
    [InlineData("{\"size\": 224, \"do_center_crop\": true, \"resample\": 2}", "has no 'crop_size'")]
    [InlineData("{\"size\": 224, \"crop_pct\": 0, \"resample\": 2}", "'crop_pct' is 0; expected a share above 0 and at most 1")]
    [InlineData("{\"size\": {\"shortest_edge\": 224}, \"resample\": 2, \"do_normalize\": false}", "gives images different shapes")]
    [InlineData("{\"size\": 224, \"resample\": 2, \"do_normalize\": true}", "has no 'image_mean'")]
    [InlineData("{\"size\": 224, \"resample\": 2, \"image_mean\": [0.5, 0.5], \"image_std\": 1}", "'image_mean' is [0.5, 0.5]; expected three numbers")]
    [InlineData("{\"size\": 224, \"resample\": 2, \"image_mean\": 0.5, \"image_std\": 0}", "expected three finite numbers above 0")]
    [InlineData("{\"size\": 224, \"resample\": 2, \"do_rescale\": \"yes\"}", "'do_rescale' is \"yes\"; expected true or false")]
    [InlineData("{\"image_processor_type\": \"MobileViTImageProcessor\"}", "only red, green, blue is supported")]
    public void Read_WhatCannotBeDone_IsRefusedBySayingWhy(string json, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<TinySaverException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadTimm_PretrainedCfg_IsTimmsEvaluationTransform()
    {
        PreprocessingSpec spec = ReadTimm("""{"input_size": [3, 224, 224], "crop_pct": 0.9, "interpolation": "bilinear", "mean": [0.5, 0.4, 0.3], "std": [0.1, 0.2, 0.3]}""");

        Assert.Equal("shortest edge 248", spec.Resize!.ToString());
        Assert.Equal(new CenterCrop(224, 224, CropOffset.HalfToEven), spec.Crop);
        Assert.Equal(ResampleFilter.Bilinear, spec.Filter);
        Assert.Equal((new ChannelValues(0.5f, 0.4f, 0.3f), new ChannelValues(0.1f, 0.2f, 0.3f)), (spec.Mean, spec.Std));
    }

    [Fact]
    public void ReadTimm_OnlyInputSize_UsesTimmsDefaults()
    {
        PreprocessingSpec spec = ReadTimm("""{"input_size": [3, 224, 224]}""");

        Assert.Equal("shortest edge 256", spec.Resize!.ToString());
        Assert.Equal(ResampleFilter.Bicubic, spec.Filter);
        Assert.Equal(new ChannelValues(0.485f, 0.456f, 0.406f), spec.Mean);
    }

    [Fact]
    public void ReadTimm_Squash_ResizesBothSides() => Assert.Equal(
        "200×100", ReadTimm("""{"input_size": [3, 90, 180], "crop_pct": 0.9, "crop_mode": "squash"}""").Resize!.ToString());

    [Theory]
    [InlineData("{\"input_size\": [1, 28, 28]}", "'input_size' is [1, 28, 28]; expected [3, height, width]")]
    [InlineData("{\"crop_pct\": 1}", "has no 'input_size'")]
    [InlineData("{\"input_size\": [3, 90, 180]}", "supported for squares only")]
    [InlineData("{\"input_size\": [3, 9, 9], \"crop_mode\": \"border\"}", "'crop_mode' is \"border\"")]
    [InlineData("{\"input_size\": [3, 9, 9], \"interpolation\": \"nearest\"}", "'interpolation' is \"nearest\"; expected \"bilinear\" or \"bicubic\"")]
    public void ReadTimm_WhatCannotBeDone_IsRefusedBySayingWhy(string json, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<TinySaverException>(() => ReadTimm(json)).Message, StringComparison.Ordinal);

    private static PreprocessingSpec Read(string json) =>
        PreprocessingReader.Read(ConfigObject.Parse(Encoding.UTF8.GetBytes(json), "preprocessor_config.json"), TensorLayout.Nchw);

    private static PreprocessingSpec ReadTimm(string json) =>
        TimmPreprocessingReader.Read(ConfigObject.Parse(Encoding.UTF8.GetBytes(json), "config.json"), TensorLayout.Nchw);
}
