using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Pipeline.Storage;

/// <summary>The files of jobs in two blob containers.</summary>
/// <param name="manifests">The manifests' container.</param>
/// <param name="results">The results' container.</param>
public sealed class BlobJobFiles(BlobContainerClient manifests, BlobContainerClient results) : IJobFiles
{
    private const string CountsKey = "counts";

    /// <inheritdoc/>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        await manifests.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await results.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a manifest unless there is one of that name already.</summary>
    public Task TryUploadManifestAsync(string path, Stream content, CancellationToken cancellationToken) =>
        TryUploadAsync(manifests.GetBlobClient(path), content, new(), cancellationToken);

    /// <inheritdoc/>
    public async Task<(Stream Content, string ETag)?> OpenManifestAsync(string path, CancellationToken cancellationToken)
    {
        BlobClient blob = manifests.GetBlobClient(path);
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var options = new BlobOpenReadOptions(allowModifications: false) { Conditions = new() { IfMatch = properties.ETag } };
            return (await blob.OpenReadAsync(options, cancellationToken).ConfigureAwait(false), properties.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task TryWriteAsync(string path, Stream content, JobCounts? counts, CancellationToken cancellationToken) => TryUploadAsync(
        results.GetBlobClient(path),
        content,
        new() { Metadata = counts is null ? null : new Dictionary<string, string> { [CountsKey] = counts.ToJson() } },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<(string Path, JobCounts? Counts)> ListAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new GetBlobsOptions { Prefix = $"{id}/", Traits = BlobTraits.Metadata };
        await foreach (BlobItem blob in results.GetBlobsAsync(options, cancellationToken).ConfigureAwait(false))
            yield return (blob.Name, blob.Metadata?.TryGetValue(CountsKey, out string? counts) == true ? JobCounts.Parse(counts) : null);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await results.GetBlobClient(path).OpenReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    // The first that is written stays.
    private static async Task TryUploadAsync(BlobClient blob, Stream content, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        options.Conditions = new() { IfNoneMatch = ETag.All };
        try
        {
            await blob.UploadAsync(content, options, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            // Somebody else has written it.
        }
    }
}
