using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Emulator;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Viewer.Tests.Safety;

/// <summary>An Azurite in memory, and pages on it without a browser.</summary>
public sealed class OneViewer : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];
    private AzuriteServer _azurite = null!;

    public ViewerSources Sources { get; private set; } = null!;

    /// <summary>The page that may change things.</summary>
    public ViewerServer Server { get; private set; } = null!;

    public string ConnectionString => _azurite.ConnectionString;

    /// <summary>The key that must never be seen.</summary>
    public string Key { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        string folder = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(folder, progress: null, CancellationToken.None);
        _azurite = await AzuriteServer.StartAsync(folder, dataFolder: null, AzuritePorts.Free, CancellationToken.None);
        Key = _azurite.ConnectionString.Split("AccountKey=")[1].Split(';')[0];
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TinySaver:Storage:ConnectionString"] = _azurite.ConnectionString,
            ["TinySaver:Cascade:PolicyPath"] = Path.Combine(RepositoryPaths.Samples, "cascade.json"),
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLocalPipeline(configuration).AddAzureStorage(configuration).AddStorageEscalations();
        ServiceProvider provider = services.BuildServiceProvider();
        var options = new StorageOptions { ConnectionString = _azurite.ConnectionString };
        var clients = StorageClients.Create(options);
        Sources = new(
            "the test’s Azurite", new(clients.Blobs.GetBlobContainerClient("images")), new(clients.Tables.GetTableClient("labels")), new TableJobStore(clients.Tables.GetTableClient("jobs")),
            new ReviewStore(clients.Tables.GetTableClient("reviews")), new(clients.Queues, options), new TableAuditStore(clients.Tables.GetTableClient("audits")),
            new TableWatchStore(clients.Tables.GetTableClient("audits")), provider.GetRequiredService<ICascadeFiles>(), provider.GetRequiredService<CascadeHost>(),
            provider.GetRequiredService<IOptions<PipelineOptions>>().Value);
        await Sources.Images.EnsureCreatedAsync(CancellationToken.None);
        await Sources.Labels.EnsureCreatedAsync(CancellationToken.None);
        await Sources.Jobs.EnsureCreatedAsync(CancellationToken.None);
        await Sources.Escalations.EnsureCreatedAsync(CancellationToken.None);
        Server = await StartAsync(readOnly: false);
        _owned.Add(provider);
        _owned.Add(_azurite);
    }

    /// <summary>Another page on the same account; disposing it twice does no harm.</summary>
    public async Task<ViewerServer> StartAsync(bool readOnly)
    {
        ViewerServer server = await ViewerServer.StartAsync(Sources, new(0, readOnly, "ada"), TimeProvider.System, CancellationToken.None);
        _owned.Insert(0, server);
        return server;
    }

    /// <summary>A client as a browser is one after it opened the first address: it has the cookie, and the page's antiforgery text.</summary>
    public static async Task<HttpClient> EnterAsync(ViewerServer server)
    {
        var client = new HttpClient { BaseAddress = new Uri(server.Url, "/") };
        string page = await client.GetStringAsync(server.Url);
        client.DefaultRequestHeaders.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        client.DefaultRequestHeaders.Add("X-TinySaver-Antiforgery", page.Split("name=\"antiforgery\" content=\"")[1].Split('"')[0]);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
            await owned.DisposeAsync();
    }
}
