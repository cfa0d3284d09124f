using Microsoft.Extensions.Configuration;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>The connection of the escalation queue as the settings name it; exactly one of the two is set.</summary>
/// <param name="ConnectionString">A connection string: the emulator's, or a namespace's with a key.</param>
/// <param name="Namespace">The namespace's host name, for sign-in by identity: <c>name.servicebus.windows.net</c>.</param>
public sealed record ServiceBusConnection(string? ConnectionString, string? Namespace)
{
    /// <summary>Reads <see cref="FunctionAppOptions.EscalationsConnection"/>, by the rules of the Functions host: a connection string comes first.</summary>
    /// <exception cref="TinySaverException">Neither is set.</exception>
    public static ServiceBusConnection Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (FunctionAppConnection.Escalations(_ => { }).Problems(configuration).FirstOrDefault() is { } problem)
            throw new TinySaverException(problem);

        IConfigurationSection section = configuration.GetSection(FunctionAppOptions.EscalationsConnection);
        return string.IsNullOrWhiteSpace(section.Value) ? new(null, section[FunctionAppConnection.Namespace]) : new(section.Value, null);
    }

    /// <summary>Makes a client of the kind that the settings call for.</summary>
    /// <param name="byConnectionString">Makes it from a connection string.</param>
    /// <param name="byIdentity">Makes it from a namespace's host name.</param>
    public TClient Create<TClient>(Func<string, TClient> byConnectionString, Func<string, TClient> byIdentity)
    {
        ArgumentNullException.ThrowIfNull(byConnectionString);
        ArgumentNullException.ThrowIfNull(byIdentity);
        return ConnectionString is not null ? byConnectionString(ConnectionString) : byIdentity(Namespace!);
    }
}
