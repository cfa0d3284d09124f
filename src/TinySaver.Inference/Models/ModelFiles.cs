using System.Security.Cryptography;
using System.Text;

namespace TinySaver.Inference.Models;

/// <summary>Finds a model folder's files and makes the hash of what they say.</summary>
internal static class ModelFiles
{
    public const string Config = "config.json";
    public const string PreprocessorConfig = "preprocessor_config.json";

    // Where Hugging Face tools put the main model; variants (fp16, quantised) lie beside it under other names.
    private static readonly string[] StandardPlaces = ["model.onnx", "onnx/model.onnx"];

    private const int MaxNamesShown = 8;

    // What Linux follows at most, too.
    private const int MaxLinks = 40;

    /// <summary>The path of a regular file of the folder, links resolved; null where there is no file of that name.</summary>
    /// <remarks>Names come from graphs and policies that somebody else may have written, and so may links.</remarks>
    /// <exception cref="InvalidModelException">The name, or a link on its way, leads out of the folder.</exception>
    public static string? Find(string folder, string name)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.IsPathRooted(name) || name.Contains('\0', StringComparison.Ordinal) || name.Split('/', '\\').Contains(".."))
            throw Outside(folder, name);

        var waiting = new Stack<string>(name.Split('/', Path.DirectorySeparatorChar).Reverse());
        string path = root;
        for (int links = 0; waiting.TryPop(out string? segment);)
        {
            if (segment is "" or ".")
                continue;
            if (segment == ".." && path == root)
                throw Outside(folder, name);
            path = segment == ".." ? Path.GetDirectoryName(path)! : Path.Combine(path, segment);
            if (segment == ".." || new FileInfo(path).LinkTarget is not { } target)
                continue;
            if (++links > MaxLinks || (Path.IsPathRooted(target) && !target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                throw Outside(folder, name);
            path = Path.IsPathRooted(target) ? root : Path.GetDirectoryName(path)!;
            foreach (string step in (Path.IsPathRooted(target) ? target[root.Length..] : target).Split('/', Path.DirectorySeparatorChar).Reverse())
                waiting.Push(step);
        }

        return File.Exists(path) ? path : null;
    }

    /// <summary>The ONNX file, relative to the folder, with '/'.</summary>
    /// <exception cref="InvalidModelException">There is none, it lies outside, or more than one could be meant.</exception>
    public static string FindOnnx(string folder, string? named)
    {
        if (named is not null)
        {
            return Find(folder, named) is not null
                ? Path.GetRelativePath(folder, Path.GetFullPath(named, folder)).Replace('\\', '/')
                : throw new InvalidModelException($"The model folder '{folder}' has no file '{named}'; {Present(folder)}.");
        }

        string[] standard = [.. StandardPlaces.Where(place => Find(folder, place) is not null)];
        string[] candidates = standard.Length > 0 ? standard : OnnxFiles(folder);
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new InvalidModelException(
                $"The model folder '{folder}' has no ONNX file; expected model.onnx or onnx/model.onnx (Hugging Face Optimum exports one)."),
            _ => throw new InvalidModelException(
                $"The model folder '{folder}' has {candidates.Length} ONNX files ({Listed(candidates)}) and it is not clear which is meant; name one."),
        };
    }

    /// <summary>The bytes of a file of the folder, or null where it is not there.</summary>
    public static byte[]? Read(string folder, string name)
    {
        try
        {
            return Find(folder, name) is not { } path ? null : IsEmpty(path) ? [] : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelException($"{Path.Combine(folder, name)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The SHA-256 of a file of the folder, read in pieces.</summary>
    /// <exception cref="InvalidModelException">The file is missing or lies outside.</exception>
    public static byte[] HashOf(string folder, string name, string neededBy)
    {
        try
        {
            if (Find(folder, name) is not { } path || IsEmpty(path))
                throw new FileNotFoundException("there is no regular file of that name, or it is empty.");
            using FileStream file = File.OpenRead(path);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelException(
                $"{Path.Combine(folder, neededBy)} keeps weights in '{name}', which cannot be read: {e.Message} Copy that file beside the model.", e);
        }
    }

    /// <summary>The hash of the whole: SHA-256 over the lines "name NUL sha256-in-hex LF", sorted by name, as lower-case hexadecimal.</summary>
    public static string ContentHash(IEnumerable<KeyValuePair<string, byte[]>> hashes)
    {
        var lines = new StringBuilder();
        foreach ((string name, byte[] hash) in hashes.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            lines.Append(name).Append('\0').Append(Convert.ToHexStringLower(hash)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    // Devices and pipes have no length either, and opening one may never end: of what has none, nothing is opened.
    private static bool IsEmpty(string path) => new FileInfo(path).Length == 0;

    private static InvalidModelException Outside(string folder, string name) => new(
        $"The model in '{folder}' names the file '{name}', which is not below that folder or is a link out of it; nothing else is read. Copy the file there.");

    private static string Present(string folder) => OnnxFiles(folder) is { Length: > 0 } files
        ? $"the ONNX files there are {Listed(files)}"
        : "it has no ONNX files at all";

    private static string Listed(string[] files) =>
        string.Join(", ", files.Take(MaxNamesShown)) + (files.Length > MaxNamesShown ? $" and {files.Length - MaxNamesShown} more" : "");

    private static string[] OnnxFiles(string folder) => [.. new[] { folder, Path.Combine(folder, "onnx") }
        .Where(Directory.Exists)
        .SelectMany(static directory => Directory.EnumerateFiles(directory, "*.onnx"))
        .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];
}
