using System.Xml.Linq;

namespace TinySaver.Repository.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class RepositoryFiles
{
    public static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryPaths.Root, path));

    /// <summary>The project files under a folder, by project name.</summary>
    public static Dictionary<string, XDocument> Projects(string folder) => Directory
        .EnumerateFiles(Path.Combine(RepositoryPaths.Root, folder), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), XDocument.Load);

    /// <summary>The Include attributes of a project's items of one type.</summary>
    public static IEnumerable<string> Items(this XDocument project, string type) =>
        project.Descendants(type).Select(item => item.Attribute("Include")?.Value).OfType<string>();
}
