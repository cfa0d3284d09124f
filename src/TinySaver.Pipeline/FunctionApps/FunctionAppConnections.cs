using Microsoft.Extensions.Configuration;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Checks the connections of triggers, of which the Functions host says nothing before the first invocation.</summary>
internal static class FunctionAppConnections
{
    /// <summary>The settings, one of each group, that a storage connection needs where it is no connection string.</summary>
    public static readonly string[] StorageAddresses = ["blobServiceUri", "queueServiceUri"];

    /// <summary>The setting that a Service Bus connection needs where it is no connection string.</summary>
    public static readonly string[] ServiceBusAddresses = ["fullyQualifiedNamespace"];

    /// <summary>What is wrong with a connection, for the person who sets it; null where it can be used.</summary>
    public static string? Problem(IConfiguration configuration, string connection, string[] addresses)
    {
        IConfigurationSection section = configuration.GetSection(connection);
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            return null;
        }

        string[] missing = [.. addresses.Where(a => string.IsNullOrWhiteSpace(section[a])).Select(a => $"{connection}__{a}")];
        return missing.Length == 0
            ? null
            : $"The setting {string.Join(" and the setting ", missing)} is missing, for a connection by identity; or set {connection} to a connection string.";
    }
}
