using Azure.Core;
using TinySaver.Pipeline.Emulator;
using TinySaver.Pipeline.Storage;

[assembly: AssemblyFixture(typeof(TinySaver.Pipeline.Tests.Emulator.AzuriteFixture))]

namespace TinySaver.Pipeline.Tests.Emulator;

/// <summary>One Azurite for all tests of the assembly; each test uses names of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static int _names;
    private AzuriteServer? _server;

    public AzuriteServer Server => _server ?? throw new InvalidOperationException("Azurite has not been started.");

    public async ValueTask InitializeAsync()
    {
        string folder = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(folder, progress: null, CancellationToken.None);
        _server = await AzuriteServer.StartAsync(folder, dataFolder: null, AzuritePorts.Free, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Options with containers, table and queue that no other test uses.</summary>
    public StorageOptions NewOptions()
    {
        int n = Interlocked.Increment(ref _names);
        return new StorageOptions
        {
            ConnectionString = Server.ConnectionString,
            ImagesContainer = $"images{n}",
            ModelsContainer = $"models{n}",
            LabelsTable = $"labels{n}",
            EscalationsQueue = $"escalations{n}",
            JobsTable = $"jobs{n}",
            AuditsTable = $"audits{n}",
            ReviewsTable = $"reviews{n}",
            JobsQueue = $"jobs{n}",
            ChunksQueue = $"chunks{n}",
            JobsContainer = $"jobs{n}",
            ResultsContainer = $"results{n}",
            EscalationLock = TimeSpan.FromSeconds(1),
            MaxDeliveries = 3,
        };
    }

    /// <summary>Clients that fail at once, without the SDK's retries.</summary>
    public static StorageClients Connect(StorageOptions options) => StorageClients.Create(options, NoRetries);

    public static void NoRetries(ClientOptions options) => options.Retry.MaxRetries = 0;
}
