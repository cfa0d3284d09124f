using System.Reflection;

namespace TinySaver.Infra.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>A file or folder by its path from the root.</summary>
    public static string PathOf(params string[] segments) => Path.GetFullPath(Path.Combine([RepositoryPaths.Root, .. segments]));

    /// <summary>The text of a file by its path from the root.</summary>
    public static string Read(params string[] segments) => File.ReadAllText(PathOf(segments));

    /// <summary>What the build wrote into this assembly under a key.</summary>
    public static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == key).Value!;
}
