using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Cascades;

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
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new InvalidPolicyException($"There is no cascade policy '{policyPath}' that can be read; `tinysaver search` writes one.", error);
        }
    }

    /// <summary>Loads a policy's models.</summary>
    /// <param name="policyPath">The policy file; model folders are relative to it.</param>
    /// <param name="options">Which models to load, and how to run them.</param>
    /// <exception cref="InvalidPolicyException">The policy cannot be used, or a model's content is not what the policy was made for.</exception>
    /// <exception cref="InvalidModelException">A model folder cannot be used, or the models' labels differ.</exception>
    public static LoadedCascade Load(string policyPath, CascadeOptions? options = null) =>
        Load(ReadPolicy(policyPath), policyPath, options ?? new());

    /// <summary>Loads the models of a policy that has been read already.</summary>
    /// <inheritdoc cref="Load(string, CascadeOptions?)"/>
    public static LoadedCascade Load(CascadePolicy policy, string policyPath, CascadeOptions options)
    {
        string root = Path.GetDirectoryName(Path.GetFullPath(policyPath))!;
        // Without the large model only its labels are needed: the function app on the small plan never holds its weights.
        ModelFolder? largeFolder = options.Large ? OpenModel(policy.Large, "large", policyPath) : null;
        LabelSet labels = largeFolder?.Labels ?? ModelFolder.ReadLabels(Resolve(policy.Large, root));

        var loading = new List<Task<CascadeModel>>();
        if (options.Savers)
        {
            for (int i = 0; i < policy.Savers.Count; i++)
            {
                SaverPolicy saver = policy.Savers[i];
                string field = $"savers[{i}].model";
                loading.Add(Task.Run(() => LoadModel(
                    OpenModel(saver.Model, field, policyPath), saver.Model, options.SaverOptions, labels, policy.Large.Name, saver.Measure, saver.Temperature)));
            }
        }

        if (largeFolder is not null)
        {
            loading.Add(Task.Run(() => LoadModel(
                largeFolder, policy.Large, options.LargeOptions, labels, policy.Large.Name, ConfidenceMeasure.MaxProbability, 1f)));
        }

        CascadeModel[] models = AllOrNone(loading);
        CascadeModel? large = largeFolder is null ? null : models[^1];
        SaverChain? savers = options.Savers
            ? new(models[..policy.Savers.Count], policy.Savers.Select(s => s.Threshold))
            : null;
        return new(policy, labels.Texts, large?.Macs ?? policy.Large.Macs, savers, large);
    }

    private static CascadeModel LoadModel(
        ModelFolder folder, ModelReference reference, OnnxClassifierOptions options, LabelSet labels, string largeName, ConfidenceMeasure measure, float temperature)
    {
        LabelMap map = folder.Labels.MapTo(labels, folder.Name, largeName);
        OnnxClassifier classifier = OnnxClassifier.Load(folder, options);
        long macs = reference.Macs ?? ComputeCostCounter.Count(folder).Macs;
        return new(folder.Name, folder.ShortHash, macs, classifier, labels.Texts, map.IsIdentity ? [] : [.. Enumerable.Range(0, map.Count).Select(i => map[i])], measure, temperature);
    }

    /// <summary>Opens one model folder of a policy.</summary>
    /// <param name="reference">The model as the policy names it.</param>
    /// <param name="field">The policy's field, for messages.</param>
    /// <param name="policyPath">The policy file.</param>
    /// <exception cref="InvalidPolicyException">The folder's content is not what the policy was made for.</exception>
    /// <exception cref="InvalidModelException">The folder cannot be used.</exception>
    public static ModelFolder OpenModel(ModelReference reference, string field, string policyPath)
    {
        string root = Path.GetDirectoryName(Path.GetFullPath(policyPath))!;
        ModelFolder folder = ModelFolder.Open(Resolve(reference, root), reference.OnnxFile);
        if (reference.Sha256 is { } expected && expected != folder.ContentHash)
        {
            throw new InvalidPolicyException(
                $"{policyPath}: the field '{field}.sha256' is {expected[..12]}…, but the content of '{folder.Path}' is {folder.ShortHash}…: the model was changed after its threshold was chosen. Restore the model, or search anew.");
        }

        return folder;
    }

    private static string Resolve(ModelReference reference, string root) => Path.GetFullPath(Path.Combine(root, reference.Folder));

    // Sessions hold native memory: when one model is refused, the others that loaded beside it are freed.
    private static CascadeModel[] AllOrNone(List<Task<CascadeModel>> loading)
    {
        try
        {
            return Task.WhenAll(loading).GetAwaiter().GetResult();
        }
        catch
        {
            foreach (Task<CascadeModel> loaded in loading.Where(t => t.IsCompletedSuccessfully))
            {
                loaded.Result.Dispose();
            }

            throw;
        }
    }
}
