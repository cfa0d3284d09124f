namespace TinySaver.Tests;

/// <summary>A folder of one test's own, deleted when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tinysaver-test-").FullName;

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Copies one of the sample models into a folder below this one, where it can be changed.</summary>
    public void CopySampleModel(string model, string target)
    {
        foreach (string file in Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryPaths.Samples, "models", model)))
            Write(System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)), File.ReadAllBytes(file));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
