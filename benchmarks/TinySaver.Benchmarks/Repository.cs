namespace TinySaver.Benchmarks;

/// <summary>Finds the repository's own files from wherever BenchmarkDotNet builds and runs the benchmark.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path within the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TinySaver.Functions.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds TinySaver.Functions.sln.");
    }
}
