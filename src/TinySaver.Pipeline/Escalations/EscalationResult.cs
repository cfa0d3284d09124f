using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Escalations;

/// <summary>What the large stage made of one escalation.</summary>
public enum EscalationOutcome
{
    /// <summary>The large model's label is the image's label.</summary>
    Labelled,

    /// <summary>The large model's answer stands beside the tiny model's label.</summary>
    ShadowRecorded,

    /// <summary>The image can never be classified; its row says why.</summary>
    Failed,

    /// <summary>The image is gone; its row, if it waited, says so.</summary>
    Deleted,

    /// <summary>The image has a newer version, which has its own escalation if it needs one.</summary>
    Superseded,

    /// <summary>Nothing was left to add to the row; the large model was not asked.</summary>
    AlreadyDone,

    /// <summary>The large model answered, but meanwhile the row needed it no more.</summary>
    Wasted,

    /// <summary>A transient failure, or an outage: it must be tried again.</summary>
    Retry,
}

/// <summary>The large stage's result for one escalation.</summary>
/// <param name="Outcome">What was made of it; every one but <see cref="EscalationOutcome.Retry"/> completes the message.</param>
/// <param name="Row">The row that the table holds now; null where none was written or read.</param>
/// <param name="Error">What failed where the outcome is <see cref="EscalationOutcome.Retry"/>.</param>
public sealed record EscalationResult(EscalationOutcome Outcome, LabelRow? Row = null, Exception? Error = null);
