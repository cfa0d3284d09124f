using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.FunctionApps;

return await FunctionAppStart.RunAsync(() =>
{
    FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);

    builder.Services
        .AddTinyFunctionApp(builder.Configuration, connectionString => _ = new ServiceBusClient(connectionString))
        .AddServiceBusEscalations(builder.Configuration)
        .AddSingleton<IFunctionMetadataTransformer, BlobTriggerChoice>()
        .AddFunctionAppTelemetry(builder.Configuration)
        .UseFunctionsWorkerDefaults();
    return builder.Build();
});
