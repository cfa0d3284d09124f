using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Core.Cascade;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Policies;

/// <summary>A model in a container: a folder that is named by the model's content and so never changes.</summary>
/// <remarks>Each blob says whose file it is, so that one that was changed or deleted is found without downloading gigabytes.</remarks>
internal static class StoredModel
{
    private const string Model = "model";
    private const string Files = "files";
    private const string Hash = "sha256";

    /// <summary>The folder of a model in the container.</summary>
    public static string FolderOf(ModelFolder model) => $"models/{model.ShortHash}/{model.Name}";

    /// <summary>A model's files: all but the hidden ones, so that a README goes along.</summary>
    public static IReadOnlyList<(string Name, string Path)> FilesOf(ModelFolder model) =>
    [
        .. Directory.EnumerateFiles(model.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Name: Path.GetRelativePath(model.Path, path).Replace('\\', '/'), path))
            .Where(file => !file.Name.Split('/').Any(segment => segment.StartsWith('.'))),
    ];

    /// <summary>Uploads a file of a model unless it is there, as it was published.</summary>
    /// <returns>The bytes that were uploaded; 0 where it was there.</returns>
    public static async Task<long> UploadAsync(BlobContainerClient container, ModelFolder model, string name, string path, int files, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(path);
        var metadata = new Dictionary<string, string>
        {
            [Model] = model.ContentHash,
            [Files] = files.ToString(CultureInfo.InvariantCulture),
            [Hash] = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)),
        };
        BlobClient blob = container.GetBlobClient($"{FolderOf(model)}/{name}");
        if (await PropertiesAsync(blob, cancellationToken) is { } there
            && there.ContentLength == file.Length && metadata.All(m => there.Metadata.TryGetValue(m.Key, out string? value) && value == m.Value))
        {
            return 0;
        }

        // The service checks each piece that it receives.
        file.Position = 0;
        await blob.UploadAsync(
            file,
            new BlobUploadOptions { Metadata = metadata, TransferValidation = new() { ChecksumAlgorithm = Azure.Storage.StorageChecksumAlgorithm.MD5 } },
            cancellationToken);
        return file.Length;
    }

    /// <summary>What is wrong with the models of a policy in the container; null where they are as they were published.</summary>
    public static async Task<string?> ProblemAsync(BlobContainerClient container, CascadePolicy policy, CancellationToken cancellationToken)
    {
        foreach (ModelReference model in policy.Models)
        {
            if (await ProblemAsync(container, model, cancellationToken) is { } problem)
                return $"{model.Name}: {problem}";
        }

        return null;
    }

    private static async Task<string?> ProblemAsync(BlobContainerClient container, ModelReference model, CancellationToken cancellationToken)
    {
        string folder = model.Folder.TrimEnd('/') + "/";
        var listing = new GetBlobsOptions { Prefix = folder, Traits = BlobTraits.Metadata };
        int found = 0, expected = 0;
        await foreach (BlobItem blob in container.GetBlobsAsync(listing, cancellationToken))
        {
            if (blob.Metadata?.TryGetValue(Model, out string? of) is not true || of != model.Sha256
                || !blob.Metadata.TryGetValue(Files, out string? files) || !int.TryParse(files, CultureInfo.InvariantCulture, out expected))
            {
                return $"'{blob.Name}' is not the file that was published with the policy";
            }

            found++;
        }

        return found == 0 ? $"'{folder}' is not there" : found < expected ? $"'{folder}' has {found} of its {expected} files" : null;
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }
}
