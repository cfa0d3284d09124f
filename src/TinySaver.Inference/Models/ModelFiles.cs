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

    /// <summary>The ONNX file, relative to the folder, with '/'.</summary>
    /// <exception cref="InvalidModelException">There is none, or more than one could be meant.</exception>
    public static string FindOnnx(string folder, string? named)
    {
        if (named is not null)
        {
            return File.Exists(Path.Combine(folder, named))
                ? Path.GetRelativePath(folder, Path.GetFullPath(named, folder)).Replace('\\', '/')
                : throw new InvalidModelException($"The model folder '{folder}' has no file '{named}'; {Present(folder)}.");
        }

        string[] standard = [.. StandardPlaces.Where(place => File.Exists(Path.Combine(folder, place)))];
        var candidates = standard.Length > 0 ? standard : OnnxFiles(folder);
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
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelException($"{Path.Combine(folder, name)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The SHA-256 of a file of the folder, read in pieces.</summary>
    /// <exception cref="InvalidModelException">The file is missing.</exception>
    public static byte[] HashOf(string folder, string name, string neededBy)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, name));
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
        foreach (var (name, hash) in hashes.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            lines.Append(name).Append('\0').Append(Convert.ToHexStringLower(hash)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

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
