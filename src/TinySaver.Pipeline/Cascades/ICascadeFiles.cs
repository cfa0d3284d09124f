using TinySaver.Core.Cascade;

namespace TinySaver.Pipeline.Cascades;

/// <summary>A policy as it was read.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Tag">Changes with every write of the file.</param>
public sealed record PolicyFile(CascadePolicy Policy, string Tag);

/// <summary>Where a policy and its models come from: a folder of this machine, or a blob container.</summary>
public interface ICascadeFiles
{
    /// <summary>Where that is, for people.</summary>
    string Source { get; }

    /// <summary>Reads the policy if its <see cref="PolicyFile.Tag"/> is another than the known one's; null where none is known.</summary>
    /// <returns>The policy; null where it is still the known one.</returns>
    /// <exception cref="InvalidPolicyException">There is no policy, or it cannot be used.</exception>
    Task<PolicyFile?> ReadPolicyAsync(string? knownTag, CancellationToken cancellationToken);

    /// <summary>Brings those models of a policy onto this machine that are needed and not there yet; of the large one at least its labels.</summary>
    /// <returns>The policy with model folders relative to a folder of this machine, and a path in that folder.</returns>
    /// <exception cref="InvalidPolicyException">A model is missing, or is not the one that the policy was made for.</exception>
    Task<(CascadePolicy Policy, string PolicyPath)> FetchModelsAsync(
        CascadePolicy policy, bool savers, bool large, CancellationToken cancellationToken);
}
