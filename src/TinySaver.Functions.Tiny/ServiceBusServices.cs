using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Registers Service Bus as the escalation queue.</summary>
internal static class ServiceBusServices
{
    /// <summary>Adds the clients, connected as the large app's trigger is, and the sender.</summary>
    public static IServiceCollection AddServiceBusEscalations(this IServiceCollection services, IConfiguration configuration)
    {
        // Read when first used: by then the options' validation has named a missing setting.
        services.AddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton(s => ServiceBusConnection.Create(
            configuration, connection => new ServiceBusClient(connection), host => new ServiceBusClient(host, s.GetRequiredService<TokenCredential>())));
        services.AddSingleton(s => ServiceBusConnection.Create(
            configuration,
            connection => new ServiceBusAdministrationClient(connection),
            host => new ServiceBusAdministrationClient(host, s.GetRequiredService<TokenCredential>())));
        services.AddSingleton<ServiceBusDeadLetters>();
        return services.AddSingleton<IEscalationSender, ServiceBusEscalationSender>();
    }
}
