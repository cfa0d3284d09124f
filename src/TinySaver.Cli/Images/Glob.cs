using System.IO.Enumeration;

namespace TinySaver.Cli.Images;

/// <summary>Paths with wildcards: <c>*</c> and <c>?</c> within a name, <c>**</c> for any folders.</summary>
internal static class Glob
{
    private static readonly char[] Wildcards = ['*', '?'];

    private static readonly string[] AnyName = ["*"];

    // As a shell does: a link to a folder above would never end.
    private static readonly EnumerationOptions WithoutLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Whether an argument has a wildcard.</summary>
    public static bool IsOne(string argument) => argument.IndexOfAny(Wildcards) >= 0;

    /// <summary>The folder before the first wildcard: <c>photos</c> of <c>photos/*/a.jpg</c>.</summary>
    public static string Root(string glob) => Parts(glob).Root;

    /// <summary>The files that match, in no particular order; each once.</summary>
    public static IEnumerable<string> Files(string glob)
    {
        (string root, string[] names) = Parts(glob);
        return Below(root, names).Select(f => root == "." ? Path.GetRelativePath(root, f) : f).Distinct(StringComparer.Ordinal);
    }

    private static (string Root, string[] Names) Parts(string glob)
    {
        string normal = glob.Replace('\\', '/');
        int slash = normal.LastIndexOf('/', Math.Max(normal.IndexOfAny(Wildcards), 0));
        return (slash < 0 ? "." : slash == 0 ? "/" : normal[..slash], normal[(slash + 1)..].Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<string> Below(string folder, ReadOnlyMemory<string> names)
    {
        string name = names.Span[0];
        ReadOnlyMemory<string> rest = names[1..];
        if (name == "**")
        {
            // At the end it means all that is below.
            return Below(folder, rest.IsEmpty ? AnyName : rest)
                .Concat(Directory.EnumerateDirectories(folder, "*", WithoutLinks).SelectMany(f => Below(f, names)));
        }

        return rest.IsEmpty
            ? Directory.EnumerateFiles(folder).Where(Matches)
            : Directory.EnumerateDirectories(folder).Where(Matches).SelectMany(f => Below(f, rest));

        bool Matches(string path) => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(path.AsSpan()), ignoreCase: false);
    }
}
