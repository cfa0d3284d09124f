using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>A connection of triggers, of which the Functions host says nothing before the first invocation.</summary>
/// <param name="Name">The setting that holds a connection string, or begins the names of those that do without one.</param>
/// <param name="Addresses">The settings below it that a connection by identity needs.</param>
/// <param name="IsAddress">Whether such a setting's value can be one.</param>
/// <param name="Parse">Throws where a text is no connection string.</param>
internal sealed record FunctionAppConnection(string Name, string[] Addresses, Func<string, bool> IsAddress, Action<string> Parse)
{
    /// <summary>The setting of a Service Bus connection by identity.</summary>
    public const string Namespace = "fullyQualifiedNamespace";

    /// <summary>The connection of the blob trigger.</summary>
    public static FunctionAppConnection Images { get; } = new(
        FunctionAppOptions.ImagesConnection,
        ["blobServiceUri", "queueServiceUri"],
        value => Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http",
        connectionString => _ = new BlobServiceClient(connectionString));

    /// <summary>The connection of the escalation queue.</summary>
    /// <param name="parse">Throws where a text is no connection string of Service Bus, whose library this project does without.</param>
    public static FunctionAppConnection Escalations(Action<string> parse) => new(
        FunctionAppOptions.EscalationsConnection, [Namespace], value => Uri.CheckHostName(value) == UriHostNameType.Dns, parse);

    /// <summary>What is wrong with the connection, for the person who sets it; nothing where it can be used.</summary>
    public IEnumerable<string> Problems(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection(Name);
        if (!string.IsNullOrWhiteSpace(section.Value))
            return ConnectionStringProblem(section.Value) is { } problem ? [problem] : [];

        string[] missing = [.. Addresses.Where(a => string.IsNullOrWhiteSpace(section[a])).Select(a => $"{Name}__{a}")];
        return missing.Length > 0
            ? [$"The setting {string.Join(" and the setting ", missing)} is missing, for a connection by identity; or set {Name} to a connection string."]
            : Addresses.Where(a => !IsAddress(section[a]!)).Select(a => $"The setting {Name}__{a} is '{section[a]}', which is no address.");
    }

    private string? ConnectionStringProblem(string connectionString)
    {
        try
        {
            Parse(connectionString);
            return null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            // The string itself may hold a key and stays out of the message.
            return $"The setting {Name} is no connection string that can be used: {e.Message}";
        }
    }
}
