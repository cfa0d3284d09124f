using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.FunctionApps;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);

builder.Services
    .AddTinyFunctionApp(builder.Configuration)
    .AddServiceBusEscalations(builder.Configuration)
    .AddSingleton<IFunctionMetadataTransformer, BlobTriggerChoice>()
    .AddFunctionAppTelemetry(builder.Configuration)
    .UseFunctionsWorkerDefaults();

await builder.Build().RunAsync();
