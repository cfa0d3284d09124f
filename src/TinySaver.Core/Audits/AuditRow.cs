using TinySaver.Core.Labels;
using TinySaver.Core.Pooling;

namespace TinySaver.Core.Audits;

/// <summary>An image of the audit sample, answered by both models: what the policy answers, what the large model says, and what each model's answer rests on.</summary>
/// <remarks>
/// The answer is the policy's, whatever label the image got: one that was accepted below the threshold under overload, or escalated by the safe
/// mode, counts as the policy decides it.
/// </remarks>
/// <param name="Policy">The id of the cascade policy.</param>
/// <param name="At">When the large model's answer was recorded; audits are read in this order, to the second.</param>
/// <param name="Name">The image's blob name.</param>
/// <param name="Version">The version that both models saw.</param>
/// <param name="Decision">What the savers decided.</param>
/// <param name="ClassIndex">The policy's answer: that of the saver at which the image exits, or what all models say together.</param>
/// <param name="Label">Its text.</param>
/// <param name="LargeClassIndex">What the large model says alone.</param>
/// <param name="LargeLabel">Its text.</param>
/// <param name="LargeConfidence">The large model's highest class probability.</param>
public sealed record AuditRow(
    string Policy, DateTimeOffset At, string Name, ImageVersion Version, AuditDecision Decision, int ClassIndex, string Label,
    int LargeClassIndex, string LargeLabel, double LargeConfidence)
{
    /// <summary>What every saver says, in the policy's order, and last the large model; empty where it was not read.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Whether the label was the large model's own because the guarantee was broken: the safe mode.</summary>
    public bool Safe { get; init; }

    /// <summary>The batch job that labelled the image; null where its upload did.</summary>
    public string? Job { get; init; }

    /// <summary>Whether the policy lets the image exit at a saver.</summary>
    public bool Exits => Decision.ExitsAt is not null;

    /// <summary>Whether the policy's answer is not the large model's: at most a loss of accuracy, where the large model is right.</summary>
    public bool Differs => ClassIndex != LargeClassIndex;
}
