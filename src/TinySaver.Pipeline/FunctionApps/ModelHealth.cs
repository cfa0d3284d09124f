namespace TinySaver.Pipeline.FunctionApps;

/// <summary>One model as the health function shows it.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Sha256">The content hash that the policy demands; null in a policy that demands none.</param>
/// <param name="Measure">The confidence measure; null for the large model.</param>
/// <param name="Threshold">The exit threshold in [0, 1]; null for the large model.</param>
/// <param name="RunsOn">The execution provider in use; null where the app does not load this model.</param>
public sealed record ModelHealth(string Name, string? Sha256, string? Measure, double? Threshold, string? RunsOn);
