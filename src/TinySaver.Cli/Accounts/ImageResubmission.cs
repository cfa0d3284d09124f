using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Core.Labels;

namespace TinySaver.Cli.Accounts;

/// <summary>Puts an image back into the pipeline by writing it again, unchanged.</summary>
/// <remarks>
/// The blob is copied onto itself: its content stays, its version is new. Event Grid announces that in Azure, the local host sees
/// it in its listing, and the row of the new version takes the place of the old one by the rule that holds for every overwrite.
/// So nothing is deleted, and the image is never without a row.
/// </remarks>
internal static class ImageResubmission
{
    /// <summary>Writes an image again.</summary>
    /// <returns>The new version; null where the image is gone.</returns>
    public static async Task<ImageVersion?> WriteAnewAsync(StorageAccount account, string name, CancellationToken cancellationToken)
    {
        BlobClient blob = account.Clients.Blobs.GetBlobContainerClient(account.Options.ImagesContainer).GetBlobClient(name);
        try
        {
            CopyFromUriOperation copy = await blob.StartCopyFromUriAsync(blob.Uri, cancellationToken: cancellationToken);
            await copy.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.BlobNotFound || error.ErrorCode == BlobErrorCode.CannotVerifyCopySource)
        {
            return null;
        }

        return await account.Images.GetVersionAsync(name, cancellationToken);
    }
}
