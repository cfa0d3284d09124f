using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>What the tiny stage made of an announced image version.</summary>
public enum TinyOutcome
{
    /// <summary>The tiny model's label is the image's label.</summary>
    Labelled,

    /// <summary>The large model has been asked.</summary>
    Escalated,

    /// <summary>The image can never be classified; its row says why.</summary>
    Failed,

    /// <summary>The image is gone; nothing is written but that no row waits for it any longer.</summary>
    Deleted,

    /// <summary>The image has a newer version, which has its own event; nothing is written.</summary>
    Superseded,

    /// <summary>The table held a row that says as much, or more; nothing is written.</summary>
    Unchanged,
}

/// <summary>A batch job's work on one image.</summary>
/// <param name="Job">The job's name, which the rows carry that it writes.</param>
/// <param name="Known">The image's row as it was just read; null where it had none.</param>
/// <param name="Replaces">Says of a row of the same image version, which otherwise would stay, whether it gives way to the job's.</param>
public sealed record JobClaim(string Job, StoredRow? Known, Func<LabelRow, bool> Replaces);

/// <summary>The tiny stage's result for one image.</summary>
/// <param name="Outcome">What was made of it.</param>
/// <param name="Row">The row that the table holds now; null where none was written or read.</param>
public sealed record TinyResult(TinyOutcome Outcome, LabelRow? Row);
