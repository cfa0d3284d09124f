namespace TinySaver.Core.Confidence;

/// <summary>How a confidence in [0, 1] is made from a model's class probabilities.</summary>
public enum ConfidenceMeasure
{
    /// <summary>The highest probability. Range [1/K, 1] for K classes.</summary>
    MaxProbability,

    /// <summary>The highest probability less the second highest. Range [0, 1].</summary>
    Margin,

    /// <summary>One less the normalised entropy: 1 − H(p) / ln K. Range [0, 1].</summary>
    Entropy,
}
