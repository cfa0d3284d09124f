namespace TinySaver.Tests;

/// <summary>The repository's own files: the sample models and images are part of it.</summary>
internal static class RepositoryPaths
{
    public static string Root { get; } = Find();

    public static string Samples { get; } = Path.Combine(Root, "samples");

    /// <summary>A policy of one saver, which escalates a quarter of the sample images, whatever the samples' own policy is.</summary>
    public static string OneSaverPolicy { get; } = Path.Combine(Root, "tests", "Shared", "one-saver.json");

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "TinySaver.Functions.sln")))
            folder = Path.GetDirectoryName(folder);

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
