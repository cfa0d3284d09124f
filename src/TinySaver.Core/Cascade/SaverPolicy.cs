using TinySaver.Core.Confidence;

namespace TinySaver.Core.Cascade;

/// <summary>One saver of a cascade: its model, how its confidence is measured, and from which confidence on an image exits.</summary>
public sealed record SaverPolicy
{
    /// <summary>The tiny model.</summary>
    public required ModelReference Model { get; init; }

    /// <summary>The confidence measure.</summary>
    public required ConfidenceMeasure Measure { get; init; }

    /// <summary>The temperature that divides the logits before the softmax; positive, 1 changes nothing.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>The exit threshold in [0, 1]: an image exits when its confidence is at least this.</summary>
    public required double Threshold { get; init; }
}
