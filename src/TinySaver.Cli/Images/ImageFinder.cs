using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Images;

/// <summary>Turns command-line arguments (files, folders, globs, manifests) into a list of image files.</summary>
internal static class ImageFinder
{
    // What file managers leave in folders of photos.
    private static readonly string[] Ignored = ["Thumbs.db", "desktop.ini"];

    private static readonly EnumerationOptions Recursive = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.System };

    /// <summary>Finds the images, in the order of the arguments and by path within each, each file once.</summary>
    /// <remarks>
    /// Every visible file of a folder counts as an image: one that is none gets a row that says so, instead of being passed
    /// over in silence. A <c>.csv</c> or <c>.parquet</c> file is a manifest with the columns <c>path</c> and <c>label</c>.
    /// </remarks>
    /// <exception cref="TinySaverException">An argument names nothing.</exception>
    public static async Task<IReadOnlyList<ImageFile>> FindAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var found = new List<ImageFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            IEnumerable<ImageFile> images = Directory.Exists(argument)
                ? InFolder(argument)
                : File.Exists(argument)
                    ? TableFile.IsTable(argument) ? await Manifest.ReadAsync(argument, cancellationToken) : [OneFile(argument)]
                    : Glob.IsOne(argument)
                        ? Matching(argument)
                        : throw new TinySaverException($"'{argument}' is neither a file nor a folder; give images, folders, globs or a manifest (.csv, .parquet).");
            int before = found.Count;
            found.AddRange(images.Where(i => seen.Add(i.FullPath)));
            if (found.Count == before && !images.Any())
                throw new TinySaverException($"'{argument}' holds no images.");
        }

        return found;
    }

    private static ImageFile OneFile(string path) => new(Shown(path), Path.GetFullPath(path), FolderName(path));

    private static List<ImageFile> InFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", Recursive)
            .Where(f => IsVisible(Path.GetRelativePath(folder, f)))
            .Order(StringComparer.Ordinal)
            .Select(OneFile)];

    private static List<ImageFile> Matching(string glob)
    {
        string root = Glob.Root(glob);
        return Directory.Exists(root)
            ? [.. Glob.Files(glob).Where(f => IsVisible(Path.GetFileName(f))).Order(StringComparer.Ordinal).Select(OneFile)]
            : throw new TinySaverException($"'{glob}' matches nothing: there is no folder '{root}'.");
    }

    private static bool IsVisible(string relativePath) =>
        !Ignored.Contains(Path.GetFileName(relativePath), StringComparer.OrdinalIgnoreCase)
        && !relativePath.Split('/', '\\').Any(part => part.StartsWith('.'));

    private static string? FolderName(string path) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)));

    private static string Shown(string path) => path.Replace('\\', '/');
}

/// <summary>One image file that a command is asked to work on.</summary>
/// <param name="Path">The path as outputs show it: as given, with forward slashes.</param>
/// <param name="FullPath">The absolute path.</param>
/// <param name="TrueLabel">The label text that a manifest gives or a class folder suggests; null where neither does.</param>
/// <param name="TrueClassIndex">The class index that a manifest gives; null elsewhere.</param>
/// <param name="FromManifest">Whether a manifest names the label, so that an unknown text is an error and not just a folder's name.</param>
internal sealed record ImageFile(string Path, string FullPath, string? TrueLabel, int? TrueClassIndex = null, bool FromManifest = false);
