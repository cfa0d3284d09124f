using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using TinySaver.Pipeline.FunctionApps;

return await FunctionAppStart.RunAsync(() =>
{
    FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);

    builder.Services
        .AddLargeFunctionApp(builder.Configuration, connectionString => _ = new ServiceBusClient(connectionString))
        .AddFunctionAppTelemetry(builder.Configuration)
        .UseFunctionsWorkerDefaults();
    return builder.Build();
});
