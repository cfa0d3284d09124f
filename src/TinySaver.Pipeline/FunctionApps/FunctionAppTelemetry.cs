using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Sends the pipeline's traces and metrics where the Functions host sends its own.</summary>
public static class FunctionAppTelemetry
{
    /// <summary>The setting, known to the Functions host too, without which nothing is sent.</summary>
    public const string ConnectionSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>The setting, known to the Functions host too, that asks for sign-in by identity.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Adds OpenTelemetry with the pipeline's source and meter; the app adds the worker's own.</summary>
    public static OpenTelemetryBuilder AddFunctionAppTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(PipelineTelemetry.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(PipelineTelemetry.SourceName));
        if (configuration[ConnectionSetting] is { Length: > 0 } connection)
        {
            FunctionAppOptions options = configuration.GetSection(FunctionAppOptions.Section).Get<FunctionAppOptions>() ?? new();
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connection;

                // By default so many a second and process, whichever come first: of a trace through both apps mostly a half.
                exporter.TracesPerSecond = null;
                exporter.SamplingRatio = (float)options.TraceShare;

                // Warnings and errors are few and tell what became of an image: all are sent, whatever its trace.
                exporter.EnableTraceBasedLogsSampler = false;
                if (!string.IsNullOrEmpty(configuration[AuthenticationSetting]))
                    exporter.Credential = new DefaultAzureCredential();
            });
        }

        return telemetry;
    }
}
