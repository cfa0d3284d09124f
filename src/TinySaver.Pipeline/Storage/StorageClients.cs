using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Storage;

/// <summary>The clients of one storage account.</summary>
/// <param name="Blobs">Its blob service.</param>
/// <param name="Tables">Its table service.</param>
/// <param name="Queues">Its queue service.</param>
public sealed record StorageClients(BlobServiceClient Blobs, TableServiceClient Tables, QueueServiceClient Queues)
{
    private const string BlobHostPart = ".blob.";

    private static readonly string ConnectionSetting = SettingName.Of(StorageOptions.Section, nameof(StorageOptions.ConnectionString));
    private static readonly string UrlSetting = SettingName.Of(StorageOptions.Section, nameof(StorageOptions.AccountUrl));

    /// <summary>Makes the clients of the account that the options name; nothing is sent yet.</summary>
    /// <remarks>Each client's own options, for instance its retries, can be changed from the SDK's defaults.</remarks>
    /// <exception cref="TinySaverException">The account is named twice or not at all, or its address is no blob address.</exception>
    public static StorageClients Create(StorageOptions options, Action<ClientOptions>? configure = null)
    {
        // Names that begin or end with a slash are allowed and occur; the SDK's default would ask for another blob.
        var blobs = new BlobClientOptions { TrimBlobNameSlashes = false };
        var tables = new TableClientOptions();
        var queues = new QueueClientOptions();
        foreach (ClientOptions client in (ClientOptions[])[blobs, tables, queues])
        {
            client.AddPolicy(CancellationPolicy.Instance, HttpPipelinePosition.PerCall);
            configure?.Invoke(client);
        }

        switch (options)
        {
            case { ConnectionString: { Length: > 0 } connection, AccountUrl: null }:
                return FromConnectionString(connection, blobs, tables, queues);
            case { ConnectionString: null or "", AccountUrl: { } url }:
                TokenCredential credential = new DefaultAzureCredential();
                return new StorageClients(
                    new BlobServiceClient(Service(url, "blob"), credential, blobs),
                    new TableServiceClient(Service(url, "table"), credential, tables),
                    new QueueServiceClient(Service(url, "queue"), credential, queues));
            default:
                throw new TinySaverException(
                    $"Exactly one of {ConnectionSetting} and {UrlSetting} must be set, not {(options.AccountUrl is null ? "neither" : "both")}.");
        }
    }

    private static StorageClients FromConnectionString(
        string connection, BlobClientOptions blobs, TableClientOptions tables, QueueClientOptions queues)
    {
        try
        {
            return new StorageClients(
                new BlobServiceClient(connection, blobs),
                new TableServiceClient(connection, tables),
                new QueueServiceClient(connection, queues));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            // The string itself may hold a key and stays out of the message.
            throw new TinySaverException(
                $"The storage connection string, given by --storage or {ConnectionSetting}, cannot be read: {e.Message} Expected AccountName=…;AccountKey=…;BlobEndpoint=… and the like.", e);
        }
    }

    private static Uri Service(Uri blobUrl, string service)
    {
        // The sign-in's token is sent over an encrypted connection only.
        int at = blobUrl.IsAbsoluteUri && blobUrl.Scheme == Uri.UriSchemeHttps ? blobUrl.Host.IndexOf(BlobHostPart, StringComparison.OrdinalIgnoreCase) : -1;
        if (at <= 0)
        {
            throw new TinySaverException(
                $"'{blobUrl}', given by --storage or {UrlSetting}, is not the blob address of a storage account; expected https://ACCOUNT.blob.core.windows.net. " +
                "For an Azurite give its connection string.");
        }

        string host = string.Concat(blobUrl.Host.AsSpan(0, at), $".{service}.", blobUrl.Host.AsSpan(at + BlobHostPart.Length));
        return new UriBuilder(blobUrl) { Host = host, Path = "" }.Uri;
    }
}
