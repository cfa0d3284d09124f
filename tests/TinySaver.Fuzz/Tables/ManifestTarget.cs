using TinySaver.Cli.Images;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damaged manifests of images.</summary>
internal sealed class ManifestTarget(string extension) : TableTarget(extension, Written(extension, Both), Written(extension, Paths))
{
    private static readonly Labelled[] Both = [.. Enumerable.Range(0, 24).Select(static i => new Labelled($"pits/{i:D4}.jpg", $"class {i % 3}", i % 3))];
    private static readonly Named[] Paths = [.. Enumerable.Range(0, 24).Select(static i => new Named($"../{i}.png"))];

    private sealed record Labelled(string Path, string? Label, int? ClassIndex);

    private sealed record Named(string Path);

    protected override void Use(Table table)
    {
        foreach (ImageFile image in Manifest.Parse(table))
        {
            if (image.TrueClassIndex < 0 || !Path.IsPathRooted(image.FullPath))
                throw new FuzzFault($"'{image.FullPath}' of class {image.TrueClassIndex} is no image.");
            _ = File.Exists(image.FullPath);
        }
    }
}
