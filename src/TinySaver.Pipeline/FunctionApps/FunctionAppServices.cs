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
    public static IServiceCollection AddTinyFunctionApp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFunctionApp(configuration, isTiny: true).AddTinyStage().AddEscalationReceiver();
        services.TryAddSingleton<HealthCheck>();
        services.TryAddSingleton<ImageReceiver>();
        return services;
    }

    /// <summary>Adds the large stage, the receiver of its messages and its warm-up.</summary>
    public static IServiceCollection AddLargeFunctionApp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFunctionApp(configuration, isTiny: false).AddLargeStage();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<CascadeSourceOptions>, GpuFallback>(s => new GpuFallback(
            s.GetRequiredService<IOptions<FunctionAppOptions>>(), s.GetRequiredService<ILogger<GpuFallback>>(), () => CudaSupport.WhyMissing())));
        return services;
    }

    private static IServiceCollection AddFunctionApp(this IServiceCollection services, IConfiguration configuration, bool isTiny)
    {
        services.AddTinySaverPipeline(configuration).AddAzureStorage(configuration);
        services.AddOptions<FunctionAppOptions>().Bind(configuration.GetSection(FunctionAppOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FunctionAppOptions>>(new FunctionAppValidator(configuration, isTiny));
        services.AddHostedService<WarmUpService>();
        return services.AddLogging(logging =>
        {
            foreach (string category in NoisyCategories)
            {
                logging.AddFilter(category, LogLevel.Warning);
            }
        });
    }
}
