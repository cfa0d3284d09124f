using TinySaver.Inference;
using TinySaver.Inference.Models;

namespace TinySaver.Fuzz.Models;

/// <summary>Damaged <c>config.json</c> and <c>preprocessor_config.json</c> of a sound model.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    private static readonly byte[] Timm =
        """
        {"architecture": "x", "num_classes": 7, "label_names": ["a", "b", "c", "d", "e", "f", "g"], "label_descriptions": {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"},
         "pretrained_cfg": {"input_size": [3, 48, 64], "interpolation": "bicubic", "crop_pct": 0.8, "crop_mode": "squash", "mean": [0.4, 0.4, 0.4], "std": [0.2, 0.2, 0.2]}}
        """u8.ToArray();

    private static readonly byte[] Cropped =
        """{"feature_extractor_type": "ConvNextFeatureExtractor", "do_resize": true, "size": {"shortest_edge": 56}, "crop_pct": 0.875, "do_center_crop": true, "crop_size": {"height": 48, "width": 64}, "do_rescale": true, "rescale_factor": 0.00392, "rescale_offset": false, "include_top": false, "do_flip_channel_order": false, "image_mean": 0.5, "image_std": [0.5]}"""u8.ToArray();

    private readonly FuzzedFolder _folder = new();

    public override string Extension => ".json";

    public override string Try(Random random)
    {
        string name = random.Next(2) == 0 ? "config.json" : "preprocessor_config.json";
        byte[][] sound = name == "config.json" ? [FuzzedFolder.Labels, Timm] : [FuzzedFolder.Processor, Cropped];
        Input = JsonDamage.Apply(sound[random.Next(2)], sound[random.Next(2)], random);
        _folder.Write("config.json", name == "config.json" ? Input : FuzzedFolder.Labels);
        _folder.Write("preprocessor_config.json", name == "config.json" ? FuzzedFolder.Processor : Input);
        // timm's settings are looked for only where there is no other file.
        if (name == "config.json" && random.Next(2) == 0)
            File.Delete(Path.Combine(_folder.Path, "preprocessor_config.json"));
        try
        {
            ModelFolder.Open(_folder.Path);
            return $"{name} read";
        }
        catch (InvalidModelException)
        {
            return $"{name} refused";
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}
