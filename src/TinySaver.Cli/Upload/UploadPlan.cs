using TinySaver.Cli.Images;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Cli.Upload;

/// <summary>Decides which blob each file becomes: <c>batch/path below the folder</c>.</summary>
/// <remarks>
/// The batch is the folder's own name unless one is given. So the same command names the same blobs again: an upload is resumed,
/// and a second run finds the rows of the first, instead of a new copy of everything under a new name.
/// </remarks>
internal static class UploadPlan
{
    // For the root of a file system, which has no name.
    private const string NamelessBatch = "images";

    /// <summary>Finds the files that arguments (files, folders, globs, manifests) mean and names them; without a batch by each folder's own name.</summary>
    /// <exception cref="TinySaverException">An argument names nothing, two files would become one blob, or no blob should get a name.</exception>
    public static async Task<IReadOnlyList<UploadItem>> FindAsync(IReadOnlyList<string> arguments, string? batch, CancellationToken cancellationToken)
    {
        var items = new List<UploadItem>();
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            string? folder = Folder(argument);
            foreach (ImageFile image in await ImageFinder.FindAsync([argument], cancellationToken))
            {
                var item = new UploadItem(image, BlobNames.Normalize(Name(image.FullPath, folder, batch)));
                if (!byName.TryGetValue(item.Name, out string? other))
                {
                    byName.Add(item.Name, image.FullPath);
                    items.Add(item);
                }
                else if (other != image.FullPath)
                {
                    throw new TinySaverException(
                        $"'{other}' and '{image.FullPath}' would both become the blob '{item.Name}'. Give each folder in a command of its own, with --batch.");
                }
            }
        }

        return items.Find(i => BlobNames.Problem(i.Name) is not null) is { } bad
            ? throw new TinySaverException(
                $"The blob name of '{bad.File.Path}' {BlobNames.Problem(bad.Name)}. Rename the file, or give a folder deeper down or another --batch.")
            : items;
    }

    /// <summary>The batches of the items: the first segments of their names.</summary>
    public static IReadOnlyList<string> Batches(IEnumerable<UploadItem> items) =>
        [.. items.Select(i => LabelKeys.Folder(i.Name) ?? "").Distinct(StringComparer.Ordinal)];

    private static string Name(string fullPath, string? folder, string? batch)
    {
        folder ??= Path.GetDirectoryName(fullPath)!;
        string relative = Path.GetRelativePath(folder, fullPath);

        // A manifest may name files anywhere.
        if (relative.StartsWith("..", StringComparison.Ordinal))
            relative = Path.GetRelativePath(Path.GetPathRoot(fullPath)!, fullPath);

        string first = batch?.Trim('/') ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        return $"{(first.Length == 0 ? NamelessBatch : first)}/{relative}";
    }

    // What the names are relative to; null for the folder of each file.
    private static string? Folder(string argument)
    {
        if (Directory.Exists(argument))
            return Path.GetFullPath(argument);

        if (File.Exists(argument))
            return TableFile.IsTable(argument) ? Path.GetDirectoryName(Path.GetFullPath(argument)) : null;

        return Path.GetFullPath(Glob.Root(argument));
    }
}

/// <summary>A file and the blob that it becomes.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The blob's name, as storage keeps it.</param>
internal sealed record UploadItem(ImageFile File, string Name);
