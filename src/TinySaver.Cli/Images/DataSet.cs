using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Images;

/// <summary>A data set: a folder with class subfolders, or a manifest (.csv, .parquet) with the columns path and label.</summary>
internal static class DataSet
{
    /// <summary>Reads the images of a data set; their paths are ids, relative to the data set.</summary>
    /// <exception cref="TinySaverException">There is no such folder or manifest, or it holds no images.</exception>
    public static async Task<IReadOnlyList<ImageFile>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path) && !TableFile.IsTable(path))
        {
            throw new TinySaverException($"'{path}' is no data set: give a folder with one subfolder a class, or a manifest (.csv, .parquet) with the columns path and label.");
        }

        if (Directory.Exists(path) && Directory.EnumerateDirectories(path).FirstOrDefault(d => !Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories).Any()) is { } empty)
        {
            throw new TinySaverException($"'{path}': the class folder '{Path.GetFileName(empty)}' holds no images; fill it or remove it.");
        }

        IReadOnlyList<ImageFile> images = await ImageFinder.FindAsync([path], cancellationToken);
        return Directory.Exists(path)
            // A manifest in the folder describes the images; it is none itself.
            ? [.. images.Where(i => !TableFile.IsTable(i.FullPath)).Select(i => i with { Path = Path.GetRelativePath(path, i.FullPath).Replace('\\', '/') })]
            : images;
    }

    /// <summary>The true class of every image; null for every image where no folder names a class.</summary>
    /// <exception cref="TinySaverException">Some images have a class and others not, or a class is no label of the model.</exception>
    public static IReadOnlyList<int?> TrueClasses(string path, IReadOnlyList<ImageFile> images, IReadOnlyList<string> labels)
    {
        var trueClass = new TrueClass(labels);
        int?[] classes = [.. images.Select(trueClass.Of)];
        int missing = Array.FindIndex(classes, c => c is null);
        return missing < 0 || Array.TrueForAll(classes, c => c is null)
            ? classes
            : throw new TinySaverException(
                $"'{path}': {classes.Count(c => c is null)} of {classes.Length} images have no known class, such as '{images[missing].Path}'{Folder(images[missing])}. Give every image a label, or none.");
    }

    private static string Folder(ImageFile image) =>
        image.TrueLabel is { } label && !image.FromManifest ? $", whose folder '{label}' is no label of the model" : "";
}
