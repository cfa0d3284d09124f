using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TinySaver.Infra.Tests.Bicep;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>The settings that the infrastructure gives each app, against the options classes that read them.</summary>
public sealed class SettingsTests
{
    // Every section that an app binds.
    private static readonly Dictionary<string, Type> Sections = new()
    {
        [StorageOptions.Section] = typeof(StorageOptions),
        [CascadeSourceOptions.Section] = typeof(CascadeSourceOptions),
        [PipelineOptions.Section] = typeof(PipelineOptions),
        [FunctionAppOptions.Section] = typeof(FunctionAppOptions),
    };

    // Settings of the Functions host and of the Azure SDK, each needed; nothing else may be set.
    private static readonly string[] PlatformSettings =
    [
        "AZURE_CLIENT_ID", FunctionAppTelemetry.ConnectionSetting, FunctionAppTelemetry.AuthenticationSetting,
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "AzureFunctionsJobHost__logging__logLevel__Function",
    ];

    // On Flex Consumption the platform knows these.
    private static readonly string[] ContainerSettings =
        ["FUNCTIONS_WORKER_RUNTIME", "AzureFunctionsWebHost__hostid", "AzureFunctionsJobHost__extensions__serviceBus__maxMessageBatchSize"];

    private static readonly string[] EscalationSettings =
        [.. new[] { "fullyQualifiedNamespace", "credential", "clientId" }.Select(s => $"{FunctionAppOptions.EscalationsConnection}__{s}")];

    private static readonly string[] ImageSettings =
        [.. new[] { "blobServiceUri", "queueServiceUri", "credential", "clientId" }.Select(s => $"{FunctionAppOptions.ImagesConnection}__{s}")];

    [BicepFact]
    public async Task TinyApp_HasEverySettingThatItsOptionsRequire()
    {
        Dictionary<string, string> settings = AppSettings.Of((await Deployments.MainAsync()).Only("Microsoft.Web/sites"));

        ServiceProvider services = Services(settings, (s, c) => s.AddTinyFunctionApp(c, _ => { }));

        Assert.Equal(BlobTriggerKind.EventGrid, services.GetRequiredService<IOptions<FunctionAppOptions>>().Value.BlobTrigger);
        Assert.True(services.GetRequiredService<IOptions<CascadeSourceOptions>>().Value.Savers);
    }

    [BicepTheory]
    [InlineData("none", "Cpu", false)]
    [InlineData("T4", "Cuda", true)]
    [InlineData("A100", "Cuda", true)]
    public async Task LargeApp_HasEverySettingThatItsOptionsRequire(string gpu, string provider, bool requireGpu)
    {
        Dictionary<string, string> settings = AppSettings.Of((await Deployments.LargeAsync(gpu)).Only("Microsoft.App/containerApps"));

        ServiceProvider services = Services(settings, (s, c) => s.AddLargeFunctionApp(c, _ => { }));

        CascadeSourceOptions cascade = services.GetRequiredService<IOptions<CascadeSourceOptions>>().Value;
        Assert.True(cascade.Large);
        Assert.Equal(provider, cascade.LargeProvider.ToString());
        Assert.Equal(requireGpu, services.GetRequiredService<IOptions<FunctionAppOptions>>().Value.RequireGpu);
        Assert.Equal(16, services.GetRequiredService<IOptions<PipelineOptions>>().Value.LargeBatchSize);
    }

    [BicepFact]
    public async Task Options_WithoutASettingOfTheInfrastructure_AreRefused()
    {
        Dictionary<string, string> settings = AppSettings.Of((await Deployments.MainAsync()).Only("Microsoft.Web/sites"));

        foreach (string needed in (string[])["TinySaver__Storage__AccountUrl", "ImagesStorage__blobServiceUri", "ImagesStorage__queueServiceUri", "EscalationsServiceBus__fullyQualifiedNamespace"])
        {
            Dictionary<string, string> less = new(settings);
            Assert.True(less.Remove(needed), $"{needed} is not set.");
            Assert.Throws<OptionsValidationException>(() => Services(less, (s, c) => s.AddTinyFunctionApp(c, _ => { })));
        }
    }

    [BicepFact]
    public async Task TinyApp_HasNoSettingThatNobodyReads()
    {
        Dictionary<string, string> few = AppSettings.Of((await Deployments.MainAsync()).Only("Microsoft.Web/sites"));
        Dictionary<string, string> all = AppSettings.Of((await Deployments.MainAsync(new() { ["maximumBacklog"] = "1000" })).Only("Microsoft.Web/sites"));

        AssertKnown(few.Keys, [.. PlatformSettings, .. ImageSettings, .. EscalationSettings]);
        AssertKnown(all.Keys, [.. PlatformSettings, .. ImageSettings, .. EscalationSettings]);
        Assert.Equal("1000", all["TinySaver__Pipeline__MaxBacklog"]);
        Assert.DoesNotContain("TinySaver__Pipeline__MaxBacklog", few.Keys);
    }

    [BicepTheory]
    [InlineData("none")]
    [InlineData("T4")]
    public async Task LargeApp_HasNoSettingThatNobodyReads(string gpu) => AssertKnown(
        AppSettings.Of((await Deployments.LargeAsync(gpu)).Only("Microsoft.App/containerApps")).Keys,
        [.. PlatformSettings, .. ContainerSettings, .. EscalationSettings]);

    // The options' own validators speak: what they would refuse at start in Azure fails here.
    private static ServiceProvider Services(Dictionary<string, string> settings, Action<IServiceCollection, IConfiguration> add)
    {
        // As environment variables are read: two underscores for a colon.
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        add(services, configuration);
        // Asks this machine for a GPU, of which the settings know nothing.
        services.RemoveAll<IPostConfigureOptions<CascadeSourceOptions>>();
        ServiceProvider provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<CascadeSourceOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<PipelineOptions>>().Value;
        _ = provider.GetRequiredService<IOptions<FunctionAppOptions>>().Value;
        return provider;
    }

    private static void AssertKnown(IEnumerable<string> settings, string[] platform)
    {
        string[] names = [.. settings];
        Assert.Empty(platform.Except(names));
        foreach (string name in names.Except(platform))
        {
            string[] segments = name.Split("__");
            Assert.True(segments.Length == 3, $"The setting '{name}' is neither the platform's nor an option.");
            string section = $"{segments[0]}:{segments[1]}";
            Assert.True(Sections.TryGetValue(section, out Type? options), $"The setting '{name}' is in the section '{section}', which no app binds.");
            Assert.True(options.GetProperty(segments[2])?.CanWrite, $"The setting '{name}' names no option of {options.Name}.");
        }
    }
}
