using System.Security.Cryptography;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Accounts;

/// <summary>Where Azurite is installed: in the clone that this program was built in, or, for the installed tool, in the user's own data.</summary>
internal static class AzuriteFiles
{
    // The project file copies tools/azurite to it, so that the packed tool has it too.
    private const string PackedFolder = "azurite";

    /// <summary>The folder with the lock file, ready for <see cref="AzuriteInstallation.EnsureInstalledAsync"/>.</summary>
    public static string Folder()
    {
        if (Repository.Above(AppContext.BaseDirectory) is not null)
            return AzuriteInstallation.FindFolder();

        // A tool's own folder may be read-only, and goes with every update; one folder for each lock file outlives both.
        string packed = Path.Combine(AppContext.BaseDirectory, PackedFolder);
        string version = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(packed, "package-lock.json"))).AsSpan(0, 4));
        string folder = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
            "tinysaver",
            $"azurite-{version}");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(packed))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);

        return folder;
    }
}
