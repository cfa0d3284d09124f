using System.Globalization;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Images;

/// <summary>Reads a manifest: a CSV or Parquet file with the column <c>path</c> and, optionally, <c>label</c> and <c>class_index</c>.</summary>
/// <remarks>Paths are relative to the manifest. Where both are given, <c>class_index</c> is the identity and <c>label</c> the text.</remarks>
internal static class Manifest
{
    /// <summary>Reads the images that a manifest names, in its order.</summary>
    /// <exception cref="TinySaverException">The file is not a manifest, or a row is not usable; the message names the row.</exception>
    public static async Task<IReadOnlyList<ImageFile>> ReadAsync(string manifest, CancellationToken cancellationToken)
    {
        Table table = await TableFile.ReadAsync(manifest, cancellationToken);
        int path = table.Require("path");
        int label = table.Find("label");
        int classIndex = table.Find("class_index");
        string root = Path.GetDirectoryName(Path.GetFullPath(manifest))!;
        return [.. table.Rows.Select(ToImage)];

        ImageFile ToImage(string?[] row, int index)
        {
            string shown = row[path] ?? throw new TinySaverException($"{manifest}: data row {index + 1} has no path.");
            string full = Path.GetFullPath(Path.Combine(root, shown));
            return new(shown.Replace('\\', '/'), full, label < 0 ? null : row[label], ParseIndex(row, index), FromManifest: true);
        }

        int? ParseIndex(string?[] row, int index)
        {
            if (classIndex < 0 || row[classIndex] is not { } text)
            {
                return null;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new TinySaverException($"{manifest}: data row {index + 1} has the class_index '{text}'; expected a whole number from 0.");
        }
    }
}
