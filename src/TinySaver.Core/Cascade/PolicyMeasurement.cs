namespace TinySaver.Core.Cascade;

/// <summary>What was measured with a policy on one set of images. Accuracies and rates are shares in [0, 1], null without labels.</summary>
public sealed record PolicyMeasurement
{
    /// <summary>The number of images.</summary>
    public required int Samples { get; init; }

    /// <summary>The accuracy of the first saver alone.</summary>
    public double? AccuracySaver { get; init; }

    /// <summary>The accuracy of the large model alone.</summary>
    public double? AccuracyLarge { get; init; }

    /// <summary>The accuracy of the cascade.</summary>
    public double? AccuracyCascade { get; init; }

    /// <summary>Accuracy of the large model alone less that of the cascade.</summary>
    public double? AccuracyDrop { get; init; }

    /// <summary>The share of images on which the cascade's answer differs from the large model's.</summary>
    public double? Disagreement { get; init; }

    /// <summary>The share of images that exit at a saver.</summary>
    public required double ExitRate { get; init; }

    /// <summary>The relative change of compute, cost(saver)/cost(large) − exit rate; negative saves.</summary>
    public required double DeltaC { get; init; }
}
