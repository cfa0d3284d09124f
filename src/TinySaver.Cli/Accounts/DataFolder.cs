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
