namespace TinySaver.Pipeline.Stages;

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
