using System.Text.Json;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Accounts;

/// <summary>The folder in which a local run keeps what it keeps.</summary>
/// <param name="path">Its path as messages show it.</param>
internal sealed class DataFolder(string path)
{
    private const string DefaultName = ".data";

    /// <summary>The folder's path as messages show it.</summary>
    public string FolderPath => path;

    /// <summary>Azurite's own data.</summary>
    public string AzuritePath => Path.Combine(path, "azurite");

    /// <summary>Where <c>run</c> writes the labels when it is told no other place.</summary>
    public string LabelsPath => Path.Combine(path, "labels.csv");

    /// <summary>The ports of the last Azurite, and who runs it.</summary>
    public string PortsPath => Path.Combine(path, "azurite.json");

    /// <summary>Locked by whoever runs the Azurite.</summary>
    public string LockPath => Path.Combine(path, ".lock");

    /// <summary>The folder that was named, or else <c>.data</c> in the repository above this folder, or else in this folder.</summary>
    public static DataFolder Of(string? named)
    {
        string here = Directory.GetCurrentDirectory();
        return new(named ?? Path.GetRelativePath(here, Path.Combine(Repository.Above(here) ?? here, DefaultName)));
    }
}

/// <summary>Finds the clone of this repository.</summary>
internal static class Repository
{
    private const string Mark = "TinySaver.Functions.sln";

    /// <summary>The repository's root at or above a folder; null where there is none.</summary>
    public static string? Above(string folder)
    {
        string? at = Path.TrimEndingDirectorySeparator(folder);
        while (at is not null && !File.Exists(Path.Combine(at, Mark)))
            at = Path.GetDirectoryName(at);

        return at;
    }
}

/// <summary>What a data folder remembers of its Azurite.</summary>
/// <param name="ConnectionString">How to reach it while it runs.</param>
/// <param name="Ports">Its ports, taken again by the next one where they are free, so that clients can keep their connection string.</param>
/// <param name="RunBy">The process id of the <c>tinysaver run</c> that serves it to other commands; null where none does.</param>
internal sealed record AzuriteRecord(string ConnectionString, AzuritePorts Ports, int? RunBy)
{
    /// <summary>Reads it; null where there is none that can be read.</summary>
    public static AzuriteRecord? Read(DataFolder data)
    {
        try
        {
            return JsonSerializer.Deserialize<AzuriteRecord>(File.ReadAllText(data.PortsPath), JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            // A convenience only: without it there are other ports.
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(DataFolder data)
    {
        string unfinished = data.PortsPath + ".tmp";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        File.Move(unfinished, data.PortsPath, overwrite: true);
    }
}
