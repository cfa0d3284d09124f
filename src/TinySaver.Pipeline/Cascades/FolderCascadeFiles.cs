using TinySaver.Core.Cascade;
using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Cascades;

/// <summary>A policy file and its models on this machine.</summary>
public sealed class FolderCascadeFiles(string policyPath) : ICascadeFiles
{
    /// <inheritdoc/>
    public string Source => policyPath;

    /// <inheritdoc/>
    public Task<PolicyFile?> ReadPolicyAsync(string? knownTag, CancellationToken cancellationToken)
    {
        CascadePolicy policy = CascadeLoader.ReadPolicy(policyPath);

        // The content, for a time of writing says nothing of a copy with its times kept.
        string tag = CascadePolicyJson.Write(policy);
        return Task.FromResult(tag == knownTag ? null : new PolicyFile(policy, tag));
    }

    /// <inheritdoc/>
    public Task<(CascadePolicy Policy, string PolicyPath)> FetchModelsAsync(
        CascadePolicy policy, bool savers, bool large, CancellationToken cancellationToken) => Task.FromResult((policy, policyPath));
}
