namespace TinySaver.Core.Confidence;

/// <summary>What a model's output numbers are.</summary>
public enum ScoreKind
{
    /// <summary>Unbounded scores whose softmax is the class probabilities.</summary>
    Logits,

    /// <summary>Class probabilities already: each in [0, 1], summing to 1.</summary>
    Probabilities,
}
