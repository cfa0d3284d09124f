using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Classification;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Registers what the function apps have beside their triggers.</summary>
public static class FunctionAppServices
{
    // Each settlement makes four lines of the first, each request to storage two of the second.
    private static readonly string[] NoisyCategories = ["System.Net.Http.HttpClient", "Azure.Core"];

    /// <summary>Adds the tiny stage, its health and its warm-up; the app adds an <see cref="IEscalationSender"/>.</summary>
    /// <remarks>What parses Service Bus throws where a text is no connection string of it; this project does without that library.</remarks>
    public static IServiceCollection AddTinyFunctionApp(this IServiceCollection services, IConfiguration configuration, Action<string> parseServiceBus)
    {
        services.AddFunctionApp(configuration, isTiny: true, parseServiceBus).AddTinyStage().AddEscalationReceiver();
        services.TryAddSingleton<HealthCheck>();
        services.TryAddSingleton<ImageReceiver>();
        return services;
    }

    /// <summary>Adds the large stage, the receiver of its messages and its warm-up.</summary>
    public static IServiceCollection AddLargeFunctionApp(this IServiceCollection services, IConfiguration configuration, Action<string> parseServiceBus)
    {
        services.AddFunctionApp(configuration, isTiny: false, parseServiceBus).AddLargeStage();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<CascadeSourceOptions>, GpuFallback>(s => new GpuFallback(
            s.GetRequiredService<IOptions<FunctionAppOptions>>(), s.GetRequiredService<ILogger<GpuFallback>>(), () => CudaSupport.WhyMissing())));
        return services;
    }

    private static IServiceCollection AddFunctionApp(this IServiceCollection services, IConfiguration configuration, bool isTiny, Action<string> parseServiceBus)
    {
        services.AddTinySaverPipeline(configuration).AddAzureStorage(configuration);
        services.AddValidated<FunctionAppOptions>(configuration, FunctionAppOptions.Section);
        services.AddSingleton<IValidateOptions<FunctionAppOptions>>(new FunctionAppValidator(configuration, isTiny, parseServiceBus));
        services.AddHostedService<WarmUpService>();
        return services.AddLogging(logging =>
        {
            foreach (string category in NoisyCategories)
                logging.AddFilter(category, LogLevel.Warning);
        });
    }
}
