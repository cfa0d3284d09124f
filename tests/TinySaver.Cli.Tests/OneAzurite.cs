using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Tests;

/// <summary>An Azurite in memory for the tests of one class; each test uses names of its own.</summary>
public sealed class OneAzurite : IAsyncLifetime
{
    private AzuriteServer? _server;

    public string ConnectionString => _server!.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        string folder = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(folder, progress: null, CancellationToken.None);
        _server = await AzuriteServer.StartAsync(folder, dataFolder: null, AzuritePorts.Free, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
