using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Core.Cascade;

namespace TinySaver.Pipeline.Storage;

/// <summary>The content of <c>policies/current.json</c>: which policy the apps use.</summary>
/// <param name="Current">Its id.</param>
/// <param name="Previous">The id of the one before; null where there was none.</param>
public sealed record PolicyPointer(string Current, string? Previous);

/// <summary>A policy that was published.</summary>
/// <param name="Id">Its id, by its blob's name.</param>
/// <param name="PublishedAt">When its blob was written.</param>
/// <param name="Policy">The policy; null where this version cannot read it.</param>
public sealed record PublishedPolicy(string Id, DateTimeOffset PublishedAt, CascadePolicy? Policy);

/// <summary>The policies of a container: <c>policies/ID.json</c>, and one small pointer that names the current one.</summary>
/// <param name="container">The container.</param>
/// <param name="policyBlob">The policy where nothing was published. The folder <c>policies</c> lies beside it, and model folders are relative to the same place.</param>
public sealed class PublishedPolicies(BlobContainerClient container, string policyBlob)
{
    private readonly string _folder = policyBlob[..(policyBlob.LastIndexOf('/') + 1)] + "policies/";

    /// <summary>The policy where nothing was published.</summary>
    public string UnpublishedBlob { get; } = policyBlob;

    /// <summary>The pointer's blob.</summary>
    public string PointerBlob => BlobOf("current");

    /// <summary>A policy's blob.</summary>
    public string BlobOf(string id) => $"{_folder}{id}.json";

    /// <summary>Reads the pointer; null where nothing was published.</summary>
    /// <exception cref="InvalidPolicyException">It is damaged.</exception>
    public async Task<(PolicyPointer Pointer, string Tag)?> ReadPointerAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(PointerBlob, cancellationToken).ConfigureAwait(false) is not { } read)
            return null;

        try
        {
            if (JsonSerializer.Deserialize<PolicyPointer>(read.Text, JsonSerializerOptions.Web) is { Current.Length: > 0 } pointer)
                return (pointer, read.Tag);
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new InvalidPolicyException($"The blob '{PointerBlob}' of container '{container.Name}' names no policy. Publish one with `tinysaver policy publish`.");
    }

    /// <summary>Reads a text and what changes with every write of it; null where there is none.</summary>
    public async Task<(string Text, string Tag)?> ReadAsync(string blob, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult read = await container.GetBlobClient(blob).DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            return (read.Content.ToString(), read.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return null;
        }
    }

    /// <summary>All that were published, latest first.</summary>
    public async Task<IReadOnlyList<PublishedPolicy>> ListAsync(CancellationToken cancellationToken)
    {
        var policies = new List<PublishedPolicy>();
        await foreach (BlobItem blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = _folder }, cancellationToken).ConfigureAwait(false))
        {
            if (blob.Name != PointerBlob && await ReadAsync(blob.Name, cancellationToken).ConfigureAwait(false) is { } read)
                policies.Add(new(blob.Name[_folder.Length..].Replace(".json", "", StringComparison.Ordinal), blob.Properties.LastModified!.Value, TryParse(read.Text, blob.Name)));
        }

        return [.. policies.OrderByDescending(p => p.PublishedAt)];
    }

    /// <summary>Writes a policy, whose models must be there already; the apps use it once the pointer names it.</summary>
    public Task WriteAsync(CascadePolicy policy, CancellationToken cancellationToken) =>
        container.GetBlobClient(BlobOf(policy.Id)).UploadAsync(BinaryData.FromString(CascadePolicyJson.Write(policy)), overwrite: true, cancellationToken);

    /// <summary>Makes a published policy the current one. The pointer is written also where it names that one already, for by it the apps see what was published anew.</summary>
    /// <returns>What the pointer says now; the one before stays where that was the current one already.</returns>
    /// <exception cref="InvalidPolicyException">Somebody else has changed the pointer meanwhile.</exception>
    public async Task<PolicyPointer> PointToAsync(string id, CancellationToken cancellationToken)
    {
        (PolicyPointer Pointer, string Tag)? read = await ReadPointerAsync(cancellationToken).ConfigureAwait(false);
        var pointer = new PolicyPointer(id, read?.Pointer is { } old && old.Current == id ? old.Previous : read?.Pointer.Current);
        var unchanged = new BlobUploadOptions
        {
            Conditions = read is { } known ? new() { IfMatch = new(known.Tag) } : new() { IfNoneMatch = ETag.All },
        };
        try
        {
            await container.GetBlobClient(PointerBlob).UploadAsync(
                BinaryData.FromObjectAsJson(pointer, JsonSerializerOptions.Web), unchanged, cancellationToken).ConfigureAwait(false);
            return pointer;
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            throw new InvalidPolicyException("Somebody else has published or rolled back a policy meanwhile; look at `tinysaver policy list` and try again.", e);
        }
    }

    private static CascadePolicy? TryParse(string json, string blob)
    {
        try
        {
            return CascadePolicyJson.Parse(json, blob);
        }
        catch (InvalidPolicyException)
        {
            return null;
        }
    }
}
