using Microsoft.Extensions.Configuration;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>The connection of the escalation queue as the settings name it: a connection string, or sign-in by identity.</summary>
public static class ServiceBusConnection
{
    /// <summary>Makes a client from <see cref="FunctionAppOptions.EscalationsConnection"/>, by the rules of the Functions host: a connection string comes first.</summary>
    /// <param name="configuration">The host's settings.</param>
    /// <param name="byConnectionString">Makes it from a connection string: the emulator's, or a namespace's with a key.</param>
    /// <param name="byIdentity">Makes it from a namespace's host name, for sign-in by identity: <c>name.servicebus.windows.net</c>.</param>
    /// <exception cref="TinySaverException">Neither is set, or the namespace is no address.</exception>
    public static TClient Create<TClient>(
        IConfiguration configuration, Func<string, TClient> byConnectionString, Func<string, TClient> byIdentity)
    {
        if (FunctionAppConnection.Escalations(_ => { }).Problems(configuration).FirstOrDefault() is { } problem)
            throw new TinySaverException(problem);

        IConfigurationSection section = configuration.GetSection(FunctionAppOptions.EscalationsConnection);
        return string.IsNullOrWhiteSpace(section.Value) ? byIdentity(section[FunctionAppConnection.Namespace]!) : byConnectionString(section.Value);
    }
}
