using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Storage;

/// <summary>The images in a blob container.</summary>
public sealed class BlobImageStore(BlobContainerClient container) : IImageStore
{
    /// <inheritdoc/>
    public string Container => container.Name;

    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellationToken) =>
        container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions { Conditions = etag is null ? null : new() { IfMatch = new ETag(etag) } };
        try
        {
            BlobDownloadStreamingResult result =
                await container.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
            BlobDownloadDetails details = result.Details;
            return new OpenedImage(Version(details.LastModified, details.ETag), details.ContentLength, result.Content);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // Azurite says 412 of an image that is gone, too.
            if (await GetVersionAsync(name, cancellationToken).ConfigureAwait(false) is null)
                throw Deleted(name, e);

            throw new PermanentFailureException(
                FailureReason.Superseded, $"'{name}' has been written anew since version {etag} was announced; the new version has its own event.", e);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            throw Deleted(name, e);
        }
    }

    /// <inheritdoc/>
    public async Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties properties =
                await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return Version(properties.LastModified, properties.ETag);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ListedImage> ListAsync(string? prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new GetBlobsOptions { Prefix = prefix };
        await foreach (BlobItem blob in container.GetBlobsAsync(options, cancellationToken).ConfigureAwait(false))
        {
            if (Listed(blob) is { } image)
                yield return image;
        }
    }

    /// <inheritdoc/>
    public async Task<ImagePage> ListPageAsync(string? prefix, string? cursor, int most, CancellationToken cancellationToken)
    {
        var options = new GetBlobsOptions { Prefix = prefix };
        await foreach (Page<BlobItem> page in container.GetBlobsAsync(options, cancellationToken).AsPages(cursor, most).ConfigureAwait(false))
            return new([.. page.Values.Select(Listed).OfType<ListedImage>()], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);

        return new([], null);
    }

    /// <inheritdoc/>
    public async Task<ImageVersion> UploadAsync(string name, Stream content, byte[] md5, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentHash = md5 } };
        BlobContentInfo info =
            await container.GetBlobClient(name).UploadAsync(content, options, cancellationToken).ConfigureAwait(false);
        return Version(info.LastModified, info.ETag);
    }

    /// <summary>Puts an image back into the pipeline by writing it again, unchanged.</summary>
    /// <remarks>
    /// The blob is copied onto itself: its content stays, its version is new. Event Grid announces that in Azure, the local host sees
    /// it in its listing, and the row of the new version takes the place of the old one by the rule that holds for every overwrite.
    /// So nothing is deleted, and the image is never without a row.
    /// </remarks>
    /// <returns>The new version; null where the image is gone.</returns>
    public async Task<ImageVersion?> WriteAnewAsync(string name, CancellationToken cancellationToken)
    {
        BlobClient blob = container.GetBlobClient(name);
        try
        {
            CopyFromUriOperation copy = await blob.StartCopyFromUriAsync(blob.Uri, cancellationToken: cancellationToken).ConfigureAwait(false);
            await copy.WaitForCompletionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.BlobNotFound || error.ErrorCode == BlobErrorCode.CannotVerifyCopySource)
        {
            return null;
        }

        return await GetVersionAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private static ListedImage? Listed(BlobItem blob) => blob.Properties is { LastModified: { } lastModified, ETag: { } etag } properties
        ? new(blob.Name, Version(lastModified, etag), properties.ContentLength ?? 0, properties.ContentHash is { Length: > 0 } md5 ? md5 : null)
        : null;

    private PermanentFailureException Deleted(string name, Exception e) =>
        new(FailureReason.Deleted, $"'{name}' is no longer in container '{Container}'.", e);

    private static ImageVersion Version(DateTimeOffset lastModified, ETag etag) =>
        new(lastModified.ToUniversalTime(), ImageVersion.NormalizeETag(etag.ToString()));
}
