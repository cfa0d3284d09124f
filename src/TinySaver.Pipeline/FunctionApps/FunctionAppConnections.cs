using Microsoft.Extensions.Configuration;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Checks the connections of triggers, of which the Functions host says nothing before the first invocation.</summary>
internal static class FunctionAppConnections
{
    /// <summary>The settings, one of each group, that a storage connection needs where it is no connection string.</summary>
    public static readonly string[] StorageAddresses = ["blobServiceUri", "queueServiceUri"];

    /// <summary>The setting that a Service Bus connection needs where it is no connection string.</summary>
    public static readonly string[] ServiceBusAddresses = ["fullyQualifiedNamespace"];

    /// <summary>What is wrong with a connection, for the person who sets it; nothing where it can be used.</summary>
    public static IEnumerable<string> Problems(IConfiguration configuration, string connection, string[] addresses)
    {
        IConfigurationSection section = configuration.GetSection(connection);
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            yield break;
        }

        string[] missing = [.. addresses.Where(a => string.IsNullOrWhiteSpace(section[a])).Select(a => $"{connection}__{a}")];
        if (missing.Length > 0)
        {
            yield return $"The setting {string.Join(" and ", missing)} is missing: set {(missing.Length > 1 ? "them" : "it")} for a connection by identity, " +
                $"or set {connection} to a connection string.";
        }
    }
}
