using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Emulator;

/// <summary>Finds the repository's <c>tools/azurite</c> folder and installs there what its lock file pins.</summary>
/// <remarks>In this project, not in the command line's, because its tests run on the same emulator.</remarks>
public static class AzuriteInstallation
{
    // Written last: a folder without it is a broken or older installation.
    private const string MarkerName = ".installed-lock-sha256";

    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder <c>tools/azurite</c> of the repository that this program was built in, or that is the current folder.</summary>
    /// <exception cref="TinySaverException">There is none.</exception>
    public static string FindFolder()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                string folder = Path.Combine(at.FullName, "tools", "azurite");
                if (File.Exists(Path.Combine(folder, "supervise.cjs")))
                    return folder;
            }
        }

        throw new TinySaverException(
            $"No folder tools/azurite above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}. Run inside a clone of the " +
            "repository, or name a storage account or a running Azurite with --storage.");
    }

    /// <summary>Installs the pinned packages in the folder that <see cref="FindFolder"/> gives, with <c>npm ci</c>, unless they are there; one process at a time.</summary>
    /// <remarks>When an installation begins, one line for people is reported; where it is cancelled, npm is killed.</remarks>
    /// <exception cref="TinySaverException">Node.js or npm is missing, or the installation failed.</exception>
    public static async Task EnsureInstalledAsync(string folder, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        string marker = Path.Combine(folder, "node_modules", MarkerName);
        string wanted = Convert.ToHexStringLower(
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"), cancellationToken).ConfigureAwait(false)));
        if (IsInstalled(marker, wanted))
            return;

        await using FileStream installing = await LockAsync(Path.Combine(folder, ".installing"), cancellationToken).ConfigureAwait(false);
        if (IsInstalled(marker, wanted))
            return;

        progress?.Report("Installing Azurite, the Azure Storage emulator (once, about 190 MB under tools/azurite/node_modules) …");
        await RunNpmAsync(folder, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(marker, wanted, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsInstalled(string marker, string wanted) => File.Exists(marker) && File.ReadAllText(marker) == wanted;

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        // Install scripts are not needed by any of the packages, and are the usual way in for a bad one.
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process npm = StartOrExplain(start);
        Task<string> output = npm.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = npm.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await npm.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }

        if (npm.ExitCode != 0)
        {
            throw new TinySaverException(
                $"'npm ci' in {folder} ended with code {npm.ExitCode}. {(await error.ConfigureAwait(false)).Trim()} " +
                $"{(await output.ConfigureAwait(false)).Trim()} Run it there by hand, or name a running Azurite with --storage.");
        }
    }

    internal static Process StartOrExplain(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
        }
        catch (Win32Exception e)
        {
            throw new TinySaverException(
                $"'{start.FileName}' cannot be started ({e.Message}). The local emulator needs Node.js 20 or later with npm: install it, or " +
                "name a storage account or a running Azurite with --storage.",
                e);
        }
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(LockPollInterval, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
