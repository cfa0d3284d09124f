using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline;

/// <summary>Registers the pipeline with a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds what both stages share: options (sections <c>TinySaver:Cascade</c> and <c>TinySaver:Pipeline</c>), the cascade, budgets and telemetry.</summary>
    /// <remarks>The host adds a storage: <see cref="AddAzureStorage"/>, or its own <see cref="IImageStore"/>, <see cref="ILabelStore"/>, <see cref="IAuditStore"/>, <see cref="IWatchStore"/> and <see cref="ICascadeFiles"/>.</remarks>
    public static IServiceCollection AddTinySaverPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<CascadeSourceOptions>(configuration, CascadeSourceOptions.Section);
        services.AddValidated<PipelineOptions>(configuration, PipelineOptions.Section);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddPatience(Patience.OfOneCall);
        services.TryAddSingleton<CascadeHost>();
        services.TryAddSingleton<LabelWriter>();
        services.TryAddSingleton<PipelineBudgets>();
        services.TryAddSingleton(s => new PipelineTelemetry(s.GetRequiredService<IMeterFactory>().Create(PipelineTelemetry.SourceName)));
        return services;
    }

    /// <summary>Adds the images, the labels and the policy in an Azure storage account, or in an Azurite (section <c>TinySaver:Storage</c>).</summary>
    public static IServiceCollection AddAzureStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<StorageOptions>(configuration, StorageOptions.Section);
        services.TryAddSingleton(s => StorageClients.Create(Storage(s)));
        services.TryAddSingleton<IImageStore>(s => new BlobImageStore(
            s.GetRequiredService<StorageClients>().Blobs.GetBlobContainerClient(Storage(s).ImagesContainer)));
        services.TryAddSingleton<ILabelStore>(s => new TableLabelStore(
            s.GetRequiredService<StorageClients>().Tables.GetTableClient(Storage(s).LabelsTable)));
        services.TryAddSingleton<IAuditStore>(s => new TableAuditStore(s.GetRequiredService<StorageClients>().Tables.GetTableClient(Storage(s).AuditsTable)));
        services.TryAddSingleton<IWatchStore>(s => new TableWatchStore(s.GetRequiredService<StorageClients>().Tables.GetTableClient(Storage(s).AuditsTable)));
        services.TryAddSingleton(CascadeFiles);
        services.TryAddSingleton<IJobStore>(s => new TableJobStore(s.GetRequiredService<StorageClients>().Tables.GetTableClient(Storage(s).JobsTable)));
        services.TryAddSingleton<IJobFiles>(s => new BlobJobFiles(
            s.GetRequiredService<StorageClients>().Blobs.GetBlobContainerClient(Storage(s).JobsContainer),
            s.GetRequiredService<StorageClients>().Blobs.GetBlobContainerClient(Storage(s).ResultsContainer)));
        services.TryAddSingleton(s => new StorageJobMessages(s.GetRequiredService<StorageClients>().Queues, Storage(s)));
        services.TryAddSingleton<IJobMessages>(s => s.GetRequiredService<StorageJobMessages>());
        return services;
    }

    /// <summary>Adds the tiny stage, and the batch jobs that work through it; the host adds an <see cref="IEscalationSender"/>.</summary>
    public static IServiceCollection AddTinyStage(this IServiceCollection services)
    {
        services.Configure<CascadeSourceOptions>(o => o.Savers = true);
        services.TryAddSingleton<BacklogGauge>();
        services.TryAddSingleton<GuaranteeGauge>();
        services.TryAddSingleton<GuaranteeWatcher>();
        services.TryAddSingleton<TinyStage>();
        services.TryAddSingleton<JobDesk>();
        services.TryAddSingleton<JobPlanner>();
        services.TryAddSingleton<JobFinisher>();
        services.TryAddSingleton<JobDriver>();
        services.TryAddSingleton<JobWatch>();
        services.TryAddSingleton<ChunkWorker>();
        return services;
    }

    /// <summary>Adds the large stage.</summary>
    public static IServiceCollection AddLargeStage(this IServiceCollection services)
    {
        services.Configure<CascadeSourceOptions>(o => o.Large = true);
        return services.AddEscalationReceiver();
    }

    /// <summary>Adds the receiver of escalations without loading the large model, which the failed rows of dead letters do not ask for.</summary>
    internal static IServiceCollection AddEscalationReceiver(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditWriter>();
        services.TryAddSingleton<LargeStage>();
        services.TryAddSingleton(s =>
        {
            LargeStage stage = s.GetRequiredService<LargeStage>();
            return new EscalationReceiver(
                stage.ProcessAsync, stage.GiveUpAsync, s.GetRequiredService<Patience>(), s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<Random>(), s.GetRequiredService<ILogger<EscalationReceiver>>());
        });
        return services;
    }

    /// <summary>Adds the escalation queue in the storage account, in place of Service Bus, and what asks the queues of batch jobs in place of triggers.</summary>
    public static IServiceCollection AddStorageEscalations(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new StorageEscalations(s.GetRequiredService<StorageClients>().Queues, Storage(s)));
        services.TryAddSingleton<IEscalations>(s => s.GetRequiredService<StorageEscalations>());
        services.TryAddSingleton<IEscalationSender>(s => s.GetRequiredService<StorageEscalations>());
        services.TryAddSingleton<JobPump>();
        return services;
    }

    /// <summary>Adds both stages and the <see cref="LocalPipeline"/> that runs them; the host adds a storage and an <see cref="IEscalations"/>.</summary>
    /// <remarks>Its own options are in the section <c>TinySaver:Local</c>.</remarks>
    public static IServiceCollection AddLocalPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        // Nobody else takes the work up, so there is nothing to hurry for.
        services.TryAddPatience(Timeout.InfiniteTimeSpan);
        services.AddTinySaverPipeline(configuration).AddTinyStage().AddLargeStage();
        services.AddValidated<LocalPipelineOptions>(configuration, LocalPipelineOptions.Section);
        services.TryAddSingleton<LocalProgress>();
        services.TryAddSingleton<ImageWatcher>();
        services.TryAddSingleton<EscalationPump>();
        services.TryAddSingleton<LocalPipeline>();
        return services;
    }

    private static StorageOptions Storage(IServiceProvider services) => services.GetRequiredService<IOptions<StorageOptions>>().Value;

    private static ICascadeFiles CascadeFiles(IServiceProvider services)
    {
        CascadeSourceOptions options = services.GetRequiredService<IOptions<CascadeSourceOptions>>().Value;
        return options.PolicyPath is { } path
            ? new FolderCascadeFiles(path)
            : new BlobCascadeFiles(
                services.GetRequiredService<StorageClients>().Blobs.GetBlobContainerClient(Storage(services).ModelsContainer),
                options.PolicyBlob,
                options.CacheFolder,
                services.GetRequiredService<ILogger<BlobCascadeFiles>>());
    }

    private static void TryAddPatience(this IServiceCollection services, TimeSpan longest) => services.TryAddSingleton(s => new Patience(
        longest, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<Random>(), s.GetRequiredService<ILogger<Patience>>()));

    /// <summary>Adds options whose values are checked at start.</summary>
    internal static void AddValidated<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>>(new AnnotatedOptionsValidator<TOptions>(section)));
    }
}

/// <summary>Validates options by their data annotations and, where they have rules across fields, by <see cref="IValidatableObject"/>.</summary>
/// <param name="section">The configuration section, for messages.</param>
internal sealed class AnnotatedOptionsValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(results.Select(r => Sentence(options, r)));
    }

    // The annotations' own messages name the member, but neither the setting nor what it is.
    private string Sentence(TOptions options, ValidationResult result) =>
        result.MemberNames.FirstOrDefault() is { } member && typeof(TOptions).GetProperty(member) is { } property
            ? $"{SettingName.Of(section, member)} is '{property.GetValue(options)}'. {result.ErrorMessage}"
            : result.ErrorMessage!;
}
