namespace TinySaver.Cli.Accounts;

/// <summary>Finds the clone of this repository.</summary>
internal static class Repository
{
    private const string Mark = "TinySaver.Functions.sln";

    /// <summary>The repository's root at or above a folder; null where there is none.</summary>
    public static string? Above(string folder)
    {
        string? at = Path.TrimEndingDirectorySeparator(folder);
        while (at is not null && !File.Exists(Path.Combine(at, Mark)))
        {
            at = Path.GetDirectoryName(at);
        }

        return at;
    }
}
