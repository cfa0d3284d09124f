using System.IO.Compression;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

/// <summary>Stands in for Azure Monitor's ingestion: takes what the exporter really sends, instead of the network.</summary>
/// <remarks>Listens to all of this process: a test that counts may not run beside others that emit.</remarks>
internal sealed class Ingestion : HttpMessageHandler
{
    /// <summary>The source of the Functions worker's spans; Worker.OpenTelemetry adds it to what is sent.</summary>
    public const string WorkerSource = "Microsoft.Azure.Functions.Worker";

    private readonly List<string> _items = [];

    /// <summary>The items in the exporter's JSON, one telemetry item each.</summary>
    public IReadOnlyList<string> Items => _items;

    /// <summary>The items of a kind, such as <c>MetricData</c>.</summary>
    public IEnumerable<string> Of(string kind) => _items.Where(i => KindOf(i) == kind);

    /// <summary>Sends what an action emits in a function app with some settings, as one export.</summary>
    public static async Task<Ingestion> RecordAsync(IReadOnlyDictionary<string, string?> settings, Func<IServiceProvider, Task> emit)
    {
        var ingestion = new Ingestion();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).AddInMemoryCollection(new Dictionary<string, string?>
        {
            [FunctionAppTelemetry.ConnectionSetting] = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://ingestion.invalid/;LiveEndpoint=https://live.invalid/",
        }).Build();
        var services = new ServiceCollection();
        services.AddMetrics().AddLogging().AddSingleton(configuration).AddFunctionAppTelemetry(configuration).WithTracing(t => t.AddSource(WorkerSource));
        services.PostConfigureAll<AzureMonitorExporterOptions>(o =>
        {
            o.Transport = new HttpClientTransport(ingestion);
            o.DisableOfflineStorage = true;
            o.EnableLiveMetrics = false;
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        foreach (IHostedService service in provider.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);

        TracerProvider traces = provider.GetRequiredService<TracerProvider>();
        MeterProvider metrics = provider.GetRequiredService<MeterProvider>();
        LoggerProvider logs = provider.GetRequiredService<LoggerProvider>();
        await emit(provider);
        Assert.True(traces.ForceFlush() && metrics.ForceFlush() && logs.ForceFlush());
        return ingestion;
    }

    /// <summary>The kind of an item.</summary>
    public static string KindOf(string item)
    {
        using var json = JsonDocument.Parse(item);
        return json.RootElement.GetProperty("data").GetProperty("baseType").GetString()!;
    }

    // The exporter's statistics about itself would go to the network.
    [ModuleInitializer]
    internal static void KeepToItself()
    {
        Environment.SetEnvironmentVariable("APPLICATIONINSIGHTS_STATSBEAT_DISABLED", "true");
        Environment.SetEnvironmentVariable("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true");
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Stream body = await request.Content!.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(request.Content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(body, CompressionMode.Decompress) : body, Encoding.UTF8);
        string[] items = (await reader.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lock (_items)
            _items.AddRange(items);

        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent($$"""{"itemsReceived":{{items.Length}},"itemsAccepted":{{items.Length}},"errors":[]}"""),
        };
    }
}
