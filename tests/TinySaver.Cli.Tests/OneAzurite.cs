using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Tests;

/// <summary>An Azurite in memory for the tests of one class; each test uses names of its own.</summary>
public sealed class OneAzurite : IAsyncLifetime
{
    private AzuriteServer? _server;

    public string ConnectionString => _server!.ConnectionString;

    /// <summary>Shows nothing.</summary>
    internal static Terminal Terminal { get; } = new(Quiet(), Quiet(), showsLiveProgress: false);

    /// <summary>The account as a command has it, with its containers, tables and queues.</summary>
    internal async Task<StorageAccount> OpenAsync()
    {
        StorageAccount account = await StorageAccount.OpenAsync(Terminal, ConnectionString, new DataFolder("none"), create: false, TestContext.Current.CancellationToken);
        await account.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return account;
    }

    public async ValueTask InitializeAsync()
    {
        string folder = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(folder, progress: null, CancellationToken.None);
        _server = await AzuriteServer.StartAsync(folder, dataFolder: null, AzuritePorts.Free, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static IAnsiConsole Quiet() => AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) });
}
