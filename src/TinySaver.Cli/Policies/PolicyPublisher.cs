using Azure.Storage.Blobs;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Models;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Policies;

/// <summary>Brings a policy and its models into an account: models first, then the policy, the pointer last, so that whoever finds one finds the rest.</summary>
internal sealed class PolicyPublisher
{
    private readonly ModelFolder[] _models;

    /// <summary>Reads a policy and its models.</summary>
    /// <exception cref="TinySaverException">The policy cannot be used, or a model is not, byte for byte, the one that it was made for.</exception>
    public PolicyPublisher(string policyPath)
    {
        CascadePolicy policy = CascadeLoader.ReadPolicy(policyPath);
        foreach (ModelReference model in policy.Models)
        {
            if (model.Sha256 is null)
                throw new TinySaverException($"{policyPath}: the model '{model.Folder}' has no 'sha256', by which the apps verify it. Write the policy with `tinysaver search`.");
        }

        ModelFolder[] savers = [.. policy.Savers.Select((s, i) => CascadeLoader.OpenModel(s.Model, $"savers[{i}].model", policyPath))];
        ModelFolder large = CascadeLoader.OpenModel(policy.Large, "large", policyPath);
        foreach (ModelFolder saver in savers)
            saver.Labels.MapTo(large.Labels, saver.Name, large.Name);

        _models = [.. savers.Append(large).DistinctBy(StoredModel.FolderOf)];
        Policy = policy with
        {
            Savers = [.. policy.Savers.Select((s, i) => s with { Model = s.Model with { Folder = StoredModel.FolderOf(savers[i]) } })],
            Large = policy.Large with { Folder = StoredModel.FolderOf(large) },
        };
    }

    /// <summary>The policy as it is published: with its models' folders in the container.</summary>
    public CascadePolicy Policy { get; }

    /// <summary>Uploads what is not there and makes the policy the current one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="said">Told of each model before it is uploaded.</param>
    /// <param name="patience">Waits out outages.</param>
    /// <param name="cancellationToken">Ends it; what is uploaded stays.</param>
    public async Task<PublishSummary> PublishAsync(StorageAccount account, Action<string> said, StoragePatience patience, CancellationToken cancellationToken)
    {
        BlobContainerClient container = account.Models;
        if (!await container.ExistsAsync(cancellationToken))
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

        long bytes = 0;
        foreach (ModelFolder model in _models)
        {
            IReadOnlyList<(string Name, string Path)> files = StoredModel.FilesOf(model);
            said($"Model {model.Name} ({model.ShortHash}), {files.Sum(f => new FileInfo(f.Path).Length) / 1e6:N1} MB");
            foreach ((string name, string path) in files)
            {
                bytes += await patience.TryAsync(
                    $"Uploading '{name}' of {model.Name}", token => StoredModel.UploadAsync(container, model, name, path, files.Count, token), cancellationToken);
            }
        }

        await account.Policies.WriteAsync(Policy, cancellationToken);
        PolicyPointer pointer = await account.Policies.PointToAsync(Policy.Id, cancellationToken);
        return new(Policy.Id, pointer.Previous, bytes);
    }
}

/// <summary>What a publication came to; the object that <c>--json</c> prints.</summary>
/// <param name="Policy">The id of the policy that is current now.</param>
/// <param name="Previous">The id of the one before; null where there was none.</param>
/// <param name="Bytes">Bytes of models that were uploaded; 0 where all were there.</param>
internal sealed record PublishSummary(string Policy, string? Previous, long Bytes);
