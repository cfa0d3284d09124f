using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Cascades;

/// <summary>Which models of a policy to load, and how to run them.</summary>
public sealed record CascadeOptions
{
    /// <summary>Whether to load the savers. Default true.</summary>
    public bool Savers { get; init; } = true;

    /// <summary>Whether to load the large model. Default true; without it only its labels are read.</summary>
    public bool Large { get; init; } = true;

    /// <summary>How the savers run.</summary>
    public OnnxClassifierOptions SaverOptions { get; init; } = new();

    /// <summary>How the large model runs.</summary>
    public OnnxClassifierOptions LargeOptions { get; init; } = new();
}

/// <summary>Loads a cascade policy and its models, and refuses those that do not fit together.</summary>
public static class CascadeLoader
{
    /// <summary>Reads a policy file.</summary>
    /// <exception cref="InvalidPolicyException">The file is missing or not a usable policy.</exception>
    public static CascadePolicy ReadPolicy(string policyPath)
    {
        try
        {
            return CascadePolicyJson.Parse(File.ReadAllText(policyPath), policyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidPolicyException($"There is no cascade policy '{policyPath}' that can be read ({e.Message}); `tinysaver search` writes one.", e);
        }
    }

    /// <summary>Loads a policy's models, whose folders are relative to its file.</summary>
    /// <exception cref="InvalidPolicyException">The policy cannot be used, or a model's content is not what the policy was made for.</exception>
    /// <exception cref="InvalidModelException">A model folder cannot be used, or the models' labels differ.</exception>
    public static Cascade Load(string policyPath, CascadeOptions? options = null) =>
        Load(ReadPolicy(policyPath), policyPath, options ?? new());

    /// <summary>Loads the models of a policy that has been read already.</summary>
    /// <inheritdoc cref="Load(string, CascadeOptions?)"/>
    public static Cascade Load(CascadePolicy policy, string policyPath, CascadeOptions options)
    {
        // Without the large model only its labels are needed: the function app on the small plan never holds its weights.
        ModelFolder? largeFolder = options.Large ? OpenModel(policy.Large, "large", policyPath) : null;
        LabelSet labels = largeFolder?.Labels ?? ModelFolder.ReadLabels(FolderOf(policy.Large, policyPath));
        var loading = new List<Task<CascadeModel>>();
        if (options.Savers)
        {
            loading.AddRange(policy.Savers.Select((saver, i) => Task.Run(() => LoadModel(
                OpenModel(saver.Model, $"savers[{i}].model", policyPath), saver.Model, options.SaverOptions, saver.Measure, saver.Temperature, policy.Pools))));
        }

        if (largeFolder is not null)
            loading.Add(Task.Run(() => LoadModel(largeFolder, policy.Large, options.LargeOptions, ConfidenceMeasure.MaxProbability, 1f, policy.LargeWeights is not null)));

        CascadeModel[] models = AllOrNone(loading);
        return new(policy, labels.Texts, options.Savers ? models[..policy.Savers.Count] : null, largeFolder is null ? null : models[^1]);

        CascadeModel LoadModel(
            ModelFolder folder, ModelReference reference, OnnxClassifierOptions runtime, ConfidenceMeasure measure, float temperature, bool pooled)
        {
            int[] classIndices = folder.Labels.MapTo(labels, folder.Name, policy.Large.Name);
            return new(OnnxClassifier.Load(folder, runtime), labels.Texts, classIndices, measure, temperature, pooled)
            {
                Name = folder.Name,
                ShortHash = folder.ShortHash,
                Macs = reference.Macs ?? ComputeCostCounter.Count(folder).Macs,
            };
        }
    }

    /// <summary>Opens one model folder of a policy; messages name the policy's field.</summary>
    /// <exception cref="InvalidPolicyException">The folder's content is not what the policy was made for.</exception>
    /// <exception cref="InvalidModelException">The folder cannot be used.</exception>
    public static ModelFolder OpenModel(ModelReference reference, string field, string policyPath)
    {
        var folder = ModelFolder.Open(FolderOf(reference, policyPath), reference.OnnxFile);
        if (reference.Sha256 is { } expected && expected != folder.ContentHash)
        {
            throw new InvalidPolicyException(
                $"{policyPath}: the field '{field}.sha256' is {expected[..12]}…, but the content of '{folder.Path}' is {folder.ShortHash}…: the model was changed after its threshold was chosen. Restore the model, or search anew.");
        }

        return folder;
    }

    private static string FolderOf(ModelReference reference, string policyPath) =>
        Path.GetFullPath(reference.Folder, Path.GetDirectoryName(Path.GetFullPath(policyPath))!);

    // Sessions hold native memory: when one model is refused, the others that loaded beside it are freed.
    private static CascadeModel[] AllOrNone(List<Task<CascadeModel>> loading)
    {
        try
        {
            return Task.WhenAll(loading).GetAwaiter().GetResult();
        }
        catch
        {
            foreach (Task<CascadeModel> loaded in loading.Where(static task => task.IsCompletedSuccessfully))
                loaded.Result.Dispose();
            throw;
        }
    }
}
