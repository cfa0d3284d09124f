using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Cascade;
using TinySaver.Inference.Models;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Pipeline.Storage;

/// <summary>A policy and its models in a blob container, kept on local disk by their content hashes.</summary>
/// <remarks>Model folders are relative to the policy's blob where none was published, and so are published ones'; several processes may share the folder on local disk.</remarks>
public sealed class BlobCascadeFiles(BlobContainerClient container, string policyBlob, string cacheFolder, ILogger<BlobCascadeFiles> logger)
    : ICascadeFiles
{
    // Enough to fill a network, few enough not to starve the images that are being worked on.
    private const int ParallelDownloads = 4;

    private const string ConfigFile = "config.json";

    private readonly PublishedPolicies _published = new(container, policyBlob);
    private volatile string _policyBlob = policyBlob;

    /// <inheritdoc/>
    public string Source => $"blob '{_policyBlob}' of container '{container.Name}'";

    /// <inheritdoc/>
    public async Task<PolicyFile?> ReadPolicyAsync(string? knownTag, CancellationToken cancellationToken)
    {
        // The blob that changes is the pointer, or else the policy itself: the tag says whose it is.
        (PolicyPointer Pointer, string Tag)? pointed = await _published.ReadPointerAsync(cancellationToken).ConfigureAwait(false);
        string? tag = pointed is { } published ? $"{_published.PointerBlob} {published.Tag}" : null;
        if (tag is not null && tag == knownTag)
            return null;

        _policyBlob = pointed is null ? _published.UnpublishedBlob : _published.BlobOf(pointed.Value.Pointer.Current);
        (string Text, string Tag) read = await _published.ReadAsync(_policyBlob, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidPolicyException(
                $"There is no {Source}{(pointed is null ? "" : ", which the pointer beside it names")}. Publish the policy that `tinysaver search` wrote with `tinysaver policy publish`, which uploads its models too.");
        tag ??= $"{_policyBlob} {read.Tag}";
        return tag == knownTag ? null : new PolicyFile(CascadePolicyJson.Parse(read.Text, Source), tag);
    }

    /// <inheritdoc/>
    public async Task<(CascadePolicy Policy, string PolicyPath)> FetchModelsAsync(
        CascadePolicy policy, bool savers, bool large, CancellationToken cancellationToken)
    {
        SaverPolicy[] saverPolicies = [.. policy.Savers];
        for (int i = 0; savers && i < saverPolicies.Length; i++)
        {
            saverPolicies[i] = saverPolicies[i] with
            {
                Model = await FetchAsync(saverPolicies[i].Model, whole: true, cancellationToken).ConfigureAwait(false),
            };
        }

        CascadePolicy local = policy with
        {
            Savers = saverPolicies,
            Large = await FetchAsync(policy.Large, whole: large, cancellationToken).ConfigureAwait(false),
        };
        return (local, Path.Combine(cacheFolder, "cascade.json"));
    }

    private async Task<ModelReference> FetchAsync(ModelReference model, bool whole, CancellationToken cancellationToken)
    {
        if (model.Sha256 is not { } hash)
        {
            throw new InvalidPolicyException(
                $"{Source}: the model '{model.Folder}' has no 'sha256', by which a model from a container is verified. Write the policy with `tinysaver search`.");
        }

        // A model's folder is named by its content, so it is complete or absent, and never changes.
        string relative = $"{(whole ? "models" : "labels")}/{hash}/{BlobFolder(model).Split('/')[^1]}";
        string target = Path.Combine(cacheFolder, relative);
        if (!Directory.Exists(target))
        {
            string download = Path.Combine(cacheFolder, $"download-{Guid.NewGuid():N}");
            try
            {
                await DownloadAsync(model, whole, download, cancellationToken).ConfigureAwait(false);
                if (whole)
                    Verify(model, hash, download);

                Publish(download, target);
            }
            finally
            {
                if (Directory.Exists(download))
                    Directory.Delete(download, recursive: true);
            }
        }

        return model with { Folder = relative };
    }

    private async Task DownloadAsync(ModelReference model, bool whole, string target, CancellationToken cancellationToken)
    {
        string prefix = BlobFolder(model) + "/";
        var blobs = new List<BlobItem>();
        var listing = new GetBlobsOptions { Prefix = whole ? prefix : prefix + ConfigFile };
        await foreach (BlobItem blob in container.GetBlobsAsync(listing, cancellationToken).ConfigureAwait(false))
            blobs.Add(blob);

        if (blobs.Count == 0)
        {
            throw new InvalidPolicyException(
                $"{Source}: its model '{model.Folder}' is not in the container; expected {prefix}{ConfigFile} and the model's other files. Upload the model folder.");
        }

        Log.ModelDownloading(logger, model.Name, blobs.Count, blobs.Sum(b => b.Properties.ContentLength ?? 0), container.Name);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelDownloads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(blobs, parallel, async (blob, token) =>
        {
            string path = LocalPath(target, blob.Name[prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await container.GetBlobClient(blob.Name).DownloadToAsync(path, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    // Model folders are relative to the policy; a policy in a folder of the container has them there.
    private string BlobFolder(ModelReference model)
    {
        var segments = new List<string>(_published.UnpublishedBlob.Split('/')[..^1]);
        foreach (string segment in model.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (segment)
            {
                case ".":
                    break;
                case ".." when segments.Count > 0:
                    segments.RemoveAt(segments.Count - 1);
                    break;
                case "..":
                    throw new InvalidPolicyException($"{Source}: the model folder '{model.Folder}' lies outside the container. Put it beside the policy.");
                default:
                    segments.Add(segment);
                    break;
            }
        }

        return string.Join('/', segments);
    }

    private string LocalPath(string folder, string relative)
    {
        string path = Path.GetFullPath(Path.Combine(folder, relative));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidPolicyException($"{Source}: the file '{relative}' of a model would lie outside its folder. Remove the blob.");
    }

    private void Verify(ModelReference model, string expected, string folder)
    {
        string actual = ModelFolder.Open(folder, model.OnnxFile).ContentHash;
        if (actual != expected)
        {
            throw new InvalidPolicyException(
                $"{Source}: the model '{model.Folder}' in the container has the content hash {actual[..12]}…, but the policy was made for {expected[..12]}…. " +
                "Upload the model folder that belongs to the policy, or search anew.");
        }
    }

    private static void Publish(string download, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            Directory.Move(download, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process has brought the same content meanwhile.
        }
    }
}
