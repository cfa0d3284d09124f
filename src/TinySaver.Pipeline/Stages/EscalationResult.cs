using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>The large stage's result for one escalation.</summary>
/// <param name="Outcome">What was made of it; every one but <see cref="EscalationOutcome.Retry"/> completes the message.</param>
/// <param name="Row">The row that the table holds now; null where none was written or read.</param>
/// <param name="Error">What failed where the outcome is <see cref="EscalationOutcome.Retry"/>.</param>
public sealed record EscalationResult(EscalationOutcome Outcome, LabelRow? Row = null, Exception? Error = null);
