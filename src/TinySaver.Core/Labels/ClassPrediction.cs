namespace TinySaver.Core.Labels;

/// <summary>One class with its probability.</summary>
/// <param name="ClassIndex">The class's index in the model's output: its identity.</param>
/// <param name="Label">The class's text, for people; texts may repeat within a model (ImageNet-1k has two "crane").</param>
/// <param name="Probability">The probability in [0, 1].</param>
public sealed record ClassPrediction(int ClassIndex, string Label, float Probability);
