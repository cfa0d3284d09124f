using System.Net;
using System.Net.Sockets;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Accounts;

/// <summary>The Azurite of a data folder, run by this process, which holds the folder's lock.</summary>
internal sealed class LocalAzurite(DataFolder data, FileStream folderLock, AzuriteServer server) : IAsyncDisposable
{
    /// <summary>How any Azure client on this machine reaches it.</summary>
    public string ConnectionString => server.ConnectionString;

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => server.Ended;

    /// <summary>Starts it; null where another process runs one on the folder. Where this process stays it serves other commands meanwhile.</summary>
    /// <exception cref="TinySaverException">Azurite cannot be installed or started.</exception>
    public static async Task<LocalAzurite?> TryStartAsync(Terminal terminal, DataFolder data, bool serves, CancellationToken cancellationToken)
    {
        if (TryLock(data) is not { } folderLock)
            return null;

        try
        {
            var last = AzuriteRecord.Read(data);

            // One that was killed left its name behind.
            (last is null ? null : last with { RunBy = null })?.Write(data);
            string tools = AzuriteFiles.Folder();
            await AzuriteInstallation.EnsureInstalledAsync(tools, new Lines(terminal), cancellationToken);
            AzuritePorts ports = last is not null && AreFree(last.Ports) ? last.Ports : AzuritePorts.Free;
            AzuriteServer server = await AzuriteServer.StartAsync(tools, data.AzuritePath, ports, cancellationToken);
            try
            {
                new AzuriteRecord(server.ConnectionString, server.Ports, serves ? Environment.ProcessId : null).Write(data);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }

            return new(data, folderLock, server);
        }
        catch
        {
            await folderLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it, its data saved.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            new AzuriteRecord(server.ConnectionString, server.Ports, RunBy: null).Write(data);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The lock, which ends below, tells the next command as much.
        }

        await server.DisposeAsync();
        await folderLock.DisposeAsync();
    }

    private static FileStream? TryLock(DataFolder data)
    {
        try
        {
            Directory.CreateDirectory(data.FolderPath);
            return new(data.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new TinySaverException($"The data folder '{data.FolderPath}' cannot be written: {error.Message} Name another with --data.", error);
        }
        catch (IOException error) when (!Directory.Exists(data.FolderPath))
        {
            throw new TinySaverException($"The data folder '{data.FolderPath}' cannot be created: {error.Message} Name another with --data.", error);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool AreFree(AzuritePorts ports) => new[] { ports.Blob, ports.Queue, ports.Table }.All(IsFree);

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return port != 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed class Lines(Terminal terminal) : IProgress<string>
    {
        public void Report(string value) => terminal.Say(value);
    }
}
