using TinySaver.Core.Cascade;

namespace TinySaver.Pipeline.Cascades;

/// <summary>A policy as it was read.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Tag">Changes with every write of the file.</param>
public sealed record PolicyFile(CascadePolicy Policy, string Tag);
