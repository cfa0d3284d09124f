namespace TinySaver.Core.Cascade;

/// <summary>What was guaranteed when the policy was chosen.</summary>
public sealed record PolicyGuarantee
{
    /// <summary>The risk that is bounded: <c>accuracy-drop</c>, or <c>disagreement</c> where the calibration set had no labels.</summary>
    public required string Risk { get; init; }

    /// <summary>The upper bound of the risk, in [0, 1].</summary>
    public required double Bound { get; init; }

    /// <summary>The confidence of the bound, 1 − δ, over the draw of the calibration set.</summary>
    public required double Confidence { get; init; }

    /// <summary>How it was proved, in one sentence for people.</summary>
    public string? Method { get; init; }
}
