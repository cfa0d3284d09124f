using TinySaver.Core.Labels;

namespace TinySaver.Core.Escalations;

/// <summary>What the tiny model said about an escalated image.</summary>
/// <param name="ClassIndex">The index of its likeliest class.</param>
/// <param name="Label">The text of its likeliest class.</param>
/// <param name="Confidence">Its confidence in [0, 1] by the policy's measure.</param>
/// <param name="TopK">Its likeliest classes, likeliest first.</param>
/// <param name="Model">The tiny model's short content hash; null in messages that do not say.</param>
public sealed record TinyAnswer(int ClassIndex, string Label, double Confidence, IReadOnlyList<ClassPrediction> TopK, string? Model = null);
