using Microsoft.Extensions.Configuration;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>The connection of the escalation queue as the settings name it; exactly one of the two is set.</summary>
/// <param name="ConnectionString">A connection string: the emulator's, or a namespace's with a key.</param>
/// <param name="Namespace">The namespace's host name, for sign-in by identity: <c>name.servicebus.windows.net</c>.</param>
public sealed record ServiceBusConnection(string? ConnectionString, string? Namespace)
{
    /// <summary>Reads <see cref="FunctionAppOptions.EscalationsConnection"/>, by the rules of the Functions host: a connection string comes first.</summary>
    /// <remarks>That one of them is there is checked when the app starts.</remarks>
    public static ServiceBusConnection Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IConfigurationSection section = configuration.GetSection(FunctionAppOptions.EscalationsConnection);
        return string.IsNullOrWhiteSpace(section.Value)
            ? new(null, section[FunctionAppConnections.ServiceBusAddresses[0]])
            : new(section.Value, null);
    }
}
