using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Hosting;
using TinySaver.Pipeline.FunctionApps;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);

builder.Services
    .AddLargeFunctionApp(builder.Configuration)
    .AddFunctionAppTelemetry(builder.Configuration)
    .UseFunctionsWorkerDefaults();

await builder.Build().RunAsync();
