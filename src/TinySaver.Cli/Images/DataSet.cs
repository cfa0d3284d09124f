using System.Globalization;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Images;

/// <summary>A data set: a folder with class subfolders, or a manifest (.csv, .parquet) with the columns path and label.</summary>
internal static class DataSet
{
    /// <summary>Reads the images of a data set; their paths are ids, relative to the data set.</summary>
    /// <exception cref="TinySaverException">There is no such folder or manifest, or it holds no images.</exception>
    public static async Task<IReadOnlyList<ImageFile>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path) && !TableFile.IsTable(path))
            throw new TinySaverException($"'{path}' is no data set: give a folder with one subfolder a class, or a manifest (.csv, .parquet) with the columns path and label.");

        if (Directory.Exists(path) && Directory.EnumerateDirectories(path).FirstOrDefault(d => !Directory.EnumerateFiles(d, "*", SearchOption.AllDirectories).Any()) is { } empty)
            throw new TinySaverException($"'{path}': the class folder '{Path.GetFileName(empty)}' holds no images; fill it or remove it.");

        IReadOnlyList<ImageFile> images = await ImageFinder.FindAsync([path], cancellationToken);
        return Directory.Exists(path)
            // A manifest in the folder describes the images; it is none itself.
            ? [.. images.Where(i => !TableFile.IsTable(i.FullPath)).Select(i => i with { Path = Path.GetRelativePath(path, i.FullPath).Replace('\\', '/') })]
            : images;
    }

    /// <summary>The true class of every image; null where a manifest gives none, and for every image where no folder names a class.</summary>
    /// <exception cref="TinySaverException">A class is no label of the model; of folders only where others are.</exception>
    public static IReadOnlyList<int?> TrueClasses(string path, IReadOnlyList<ImageFile> images, IReadOnlyList<string> labels)
    {
        int?[] classes = TrueClass.OfAll(images, labels);
        ImageFile[] stray = [.. images.Where((image, i) => classes[i] is null && !image.FromManifest)];
        return stray.Length == 0 || Array.TrueForAll(classes, c => c is null)
            ? classes
            : throw new TinySaverException(
                $"'{path}': {stray.Length} of {classes.Length} images have no known class, such as '{stray[0].Path}', whose folder '{stray[0].TrueLabel}' is no label of the model. Rename or remove such folders; images without a label are listed in a manifest.");
    }
}

/// <summary>Reads a manifest: a CSV or Parquet file with the column <c>path</c> and, optionally, <c>label</c> and <c>class_index</c>.</summary>
/// <remarks>Paths are relative to the manifest. Where both are given, <c>class_index</c> is the identity and <c>label</c> the text; a row may have neither.</remarks>
internal static class Manifest
{
    /// <summary>Reads the images that a manifest names, in its order.</summary>
    /// <exception cref="TinySaverException">The file is not a manifest, or a row is not usable; the message names the row.</exception>
    public static async Task<IReadOnlyList<ImageFile>> ReadAsync(string manifest, CancellationToken cancellationToken) =>
        Parse(await TableFile.ReadAsync(manifest, cancellationToken));

    /// <summary>Reads a table as a manifest.</summary>
    /// <exception cref="TinySaverException">A column is missing, or a row is not usable; the message names the row.</exception>
    public static IReadOnlyList<ImageFile> Parse(Table table)
    {
        string manifest = table.Source;
        int path = table.Require("path");
        int label = table.Find("label");
        int classIndex = table.Find("class_index");
        string root = Path.GetDirectoryName(Path.GetFullPath(manifest))!;
        return [.. table.Rows.Select(ToImage)];

        ImageFile ToImage(string?[] row, int index)
        {
            string shown = row[path] ?? throw new TinySaverException($"{manifest}: data row {index + 1} has no path.");
            if (shown.Contains('\0', StringComparison.Ordinal))
                throw new TinySaverException($"{manifest}: data row {index + 1} has the path '{shown}', which no file can have.");

            string full = Path.GetFullPath(Path.Combine(root, shown));
            return new(shown.Replace('\\', '/'), full, label < 0 ? null : row[label], ParseIndex(row, index), FromManifest: true);
        }

        int? ParseIndex(string?[] row, int index)
        {
            if (classIndex < 0 || row[classIndex] is not { } text)
                return null;

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new TinySaverException($"{manifest}: data row {index + 1} has the class_index '{text}'; expected a whole number from 0.");
        }
    }
}
