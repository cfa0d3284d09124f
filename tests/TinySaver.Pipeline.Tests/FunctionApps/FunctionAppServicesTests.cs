using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.FunctionApps;

/// <summary>The apps as they are composed, but for their triggers.</summary>
public sealed class FunctionAppServicesTests(AzuriteFixture azurite) : IDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly StorageOptions _storage = azurite.NewOptions();
    private readonly LogLines _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _cascade.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task AddTinyFunctionApp_StartedHost_IsWarmAndHealthy()
    {
        using IHost host = Build(isTiny: true, Emulator());

        await host.StartAsync(Cancellation);
        await host.Services.GetServices<IHostedService>().OfType<WarmUpService>().Single().ExecuteTask!;
        await host.Services.GetRequiredService<StorageEscalations>().EnsureCreatedAsync(Cancellation);
        HealthReport report = await host.Services.GetRequiredService<HealthCheck>().CheckAsync(Cancellation);
        await host.StopAsync(Cancellation);

        Assert.True(report.Healthy, report.Error);
        Assert.Equal(["images", "labels", "escalations", "cascade"], report.Dependencies.Select(d => d.Name));
        Assert.Equal(_cascade.Policy.Id, report.Policy);
        ModelHealth saver = Assert.Single(report.Savers);
        Assert.Equal(("tiny", _cascade.Policy.Savers[0].Model.Sha256, 0.9, "CPUExecutionProvider"), (saver.Name, saver.Sha256, saver.Threshold, saver.RunsOn));
        Assert.Equal((_cascade.Policy.Large.Sha256, null), (report.Large!.Sha256, report.Large.RunsOn));
        Assert.Contains("\"threshold\": 0.9", report.ToJson(), StringComparison.Ordinal);
        Assert.NotNull(host.Services.GetRequiredService<TinyStage>());

        // There was no queue yet when it connected, which keeps no app from starting.
        Assert.Contains(_log.Lines, line => line.Contains("could not be made in advance: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddLargeFunctionApp_CudaNotRequiredAndNotThere_RunsOnTheCpu()
    {
        using IHost host = Build(isTiny: false, ("TinySaver:Cascade:LargeProvider", "Cuda"));

        await host.StartAsync(Cancellation);
        using CascadeLease lease = await host.Services.GetRequiredService<CascadeHost>().RentAsync(Cancellation);
        await host.StopAsync(Cancellation);

        Assert.Equal("CPUExecutionProvider", lease.Cascade.Large.ExecutionProvider);
        Assert.NotNull(host.Services.GetRequiredService<EscalationReceiver>());
    }

    [Fact]
    public async Task AddLargeFunctionApp_CudaRequiredAndNotThere_EndsTheProcessWithAnError()
    {
        using IHost host = Build(isTiny: false, ("TinySaver:Cascade:LargeProvider", "Cuda"), ("TinySaver:Functions:RequireGpu", "true"));

        try
        {
            await host.RunAsync(Cancellation);

            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public async Task AddTinyFunctionApp_EmptyEmulator_GetsItsContainersTablesAndQueues()
    {
        (string, string)[] jobs = [("TinySaver:Storage:JobsTable", "jobsOfEmpty"), ("TinySaver:Storage:ResultsContainer", "results-of-empty")];
        using IHost host = Build(isTiny: true, [.. Emulator(), .. jobs]);

        await host.StartAsync(Cancellation);
        await host.Services.GetServices<IHostedService>().OfType<WarmUpService>().Single().ExecuteTask!;
        await host.StopAsync(Cancellation);

        StorageClients clients = host.Services.GetRequiredService<StorageClients>();
        Assert.True(await clients.Blobs.GetBlobContainerClient("images").ExistsAsync(Cancellation));
        string[] tables = [.. clients.Tables.Query(cancellationToken: Cancellation).Select(t => t.Name)];
        Assert.Contains(_storage.LabelsTable, tables);
        Assert.Contains("jobsOfEmpty", tables);
        Assert.True(await clients.Blobs.GetBlobContainerClient("results-of-empty").ExistsAsync(Cancellation));
        Assert.True(await clients.Queues.GetQueueClient("images").ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task AddTinyFunctionApp_NothingThere_HealthNamesEachDependency()
    {
        File.Delete(_cascade.PolicyPath);
        using IHost host = Build(isTiny: true, Emulator());

        // Not started, so that nothing is made.
        HealthReport report = await host.Services.GetRequiredService<HealthCheck>().CheckAsync(Cancellation);

        Assert.False(report.Healthy);
        string[] errors = [.. report.Dependencies.Select(d => $"{d.Name}: {d.Error}")];
        Assert.Contains("labels: The account in TinySaver__Storage__ConnectionString lacks a container, table or queue (TableNotFound)", errors[1], StringComparison.Ordinal);
        Assert.Contains("QueueNotFound", errors[2], StringComparison.Ordinal);
        Assert.Contains("cascade.json", errors[3], StringComparison.Ordinal);
        Assert.Equal(string.Join(' ', errors.Where(e => !e.EndsWith(": ", StringComparison.Ordinal))), report.Error);
        Assert.DoesNotContain("\\u00", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddTinyFunctionApp_StorageOutOfReach_EndsTheProcessWithASentence()
    {
        // A port that nobody listens on.
        const string Nowhere = "DefaultEndpointsProtocol=http;AccountName=gone;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/gone;QueueEndpoint=http://127.0.0.1:1/gone;TableEndpoint=http://127.0.0.1:1/gone;";
        var options = new StorageOptions { ConnectionString = Nowhere };
        using IHost host = Build(
            services => services.AddSingleton(AzuriteFixture.Connect(options)), isTiny: true, ("TinySaver:Storage:AccountUrl", null), ("TinySaver:Storage:ConnectionString", Nowhere));
        try
        {
            await host.RunAsync(Cancellation);

            Assert.Equal(1, Environment.ExitCode);
            string why = Assert.Single(_log.Lines, line => line.Contains("so it stops", StringComparison.Ordinal));
            Assert.Contains("Storage cannot be reached", why, StringComparison.Ordinal);
            Assert.Contains("TinySaver__Storage__ConnectionString", why, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", why, StringComparison.Ordinal);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public async Task AddTinyFunctionApp_MissingConnection_StopsAtStartAndNamesTheSetting()
    {
        using IHost host = Build(isTiny: true, ("EscalationsServiceBus", null));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains("EscalationsServiceBus__fullyQualifiedNamespace", error.Message, StringComparison.Ordinal);
    }

    // The container has the one name that the trigger watches, so other tests may have made it.
    private (string Key, string? Value)[] Emulator() =>
    [
        ("TinySaver:Storage:AccountUrl", null),
        ("TinySaver:Storage:ConnectionString", _storage.ConnectionString),
        ("TinySaver:Storage:LabelsTable", _storage.LabelsTable),
        ("TinySaver:Storage:EscalationsQueue", _storage.EscalationsQueue),
    ];

    private IHost Build(bool isTiny, params (string Key, string? Value)[] settings) => Build(_ => { }, isTiny, settings);

    private IHost Build(Action<IServiceCollection> configure, bool isTiny, params (string Key, string? Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ImagesStorage"] = "UseDevelopmentStorage=true",
            ["EscalationsServiceBus"] = "Endpoint=sb://localhost;UseDevelopmentEmulator=true;",
            ["TinySaver:Storage:AccountUrl"] = "https://nobody.blob.core.windows.net",
            ["TinySaver:Cascade:PolicyPath"] = _cascade.PolicyPath,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        builder.Logging.AddProvider(_log);
        configure(builder.Services);
        if (isTiny)
            builder.Services.AddTinyFunctionApp(builder.Configuration, _ => { }).AddStorageEscalations();
        else
            builder.Services.AddLargeFunctionApp(builder.Configuration, _ => { });

        builder.Services.AddFunctionAppTelemetry(builder.Configuration);
        return builder.Build();
    }
}
