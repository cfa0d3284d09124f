using Azure;
using Azure.Data.Tables.Models;
using Azure.Storage.Blobs.Models;

namespace TinySaver.Pipeline.Storage;

/// <summary>Tells what a conditional write answers where somebody else was first.</summary>
internal static class LostRace
{
    /// <summary>Whether the write was not made because what is there is not what its condition says: it has changed, is there already, or is gone.</summary>
    public static bool IsLostRace(this RequestFailedException failure) =>
        failure.Status == 412
        || failure.ErrorCode == TableErrorCode.EntityAlreadyExists
        || failure.ErrorCode == TableErrorCode.ResourceNotFound
        || failure.ErrorCode == BlobErrorCode.BlobAlreadyExists;
}
