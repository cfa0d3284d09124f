using System.Security.Cryptography;
using System.Text;
using TinySaver.Core.Cascade;

namespace TinySaver.Pipeline.Cascades;

/// <summary>A policy file and its models on this machine.</summary>
/// <param name="policyPath">The policy file.</param>
public sealed class FolderCascadeFiles(string policyPath) : ICascadeFiles
{
    /// <inheritdoc/>
    public string Source => policyPath;

    /// <inheritdoc/>
    public async Task<PolicyFile?> ReadPolicyAsync(string? knownTag, CancellationToken cancellationToken)
    {
        string json;
        try
        {
            json = await File.ReadAllTextAsync(policyPath, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidPolicyException($"There is no cascade policy '{policyPath}' that can be read ({e.Message}); `tinysaver search` writes one.", e);
        }

        // The content, for a time of writing says nothing of a copy with its times kept.
        string tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        return tag == knownTag ? null : new PolicyFile(CascadePolicyJson.Parse(json, policyPath), tag);
    }

    /// <inheritdoc/>
    public Task<(CascadePolicy Policy, string PolicyPath)> FetchModelsAsync(
        CascadePolicy policy, bool savers, bool large, CancellationToken cancellationToken) => Task.FromResult((policy, policyPath));
}
