namespace TinySaver.Core.Cascade;

/// <summary>The rule by which the threshold was chosen, with its parameters.</summary>
public sealed record PolicyRule
{
    /// <summary><c>certified</c>, <c>paper</c>, <c>budget</c> or <c>fixed</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The largest accuracy drop (or disagreement) that was asked for, in [0, 1]; null where the rule has none.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The probability, over the draw of the calibration set, with which the promise may fail; null where the rule makes none.</summary>
    public double? Delta { get; init; }

    /// <summary>The largest escalation rate that was asked for (<c>budget</c>), in [0, 1].</summary>
    public double? EscalationRate { get; init; }
}
