namespace TinySaver.Core.Labels;

/// <summary>One image's row in the labels table: its label, or why it has none yet or never will.</summary>
/// <remarks>The names of these properties are the names of the table's columns and of the outputs' fields.</remarks>
public sealed record LabelRow
{
    /// <summary>The whole blob name; authoritative, because a long name's key is cut.</summary>
    public required string Name { get; init; }

    /// <summary>Where the image stands.</summary>
    public required LabelStatus Status { get; init; }

    /// <summary>The version of the image that the row speaks of: columns <c>ImageETag</c> and <c>ImageLastModified</c>.</summary>
    public required ImageVersion Version { get; init; }

    /// <summary>The label's text, set when <see cref="Status"/> is <see cref="LabelStatus.Labelled"/>.</summary>
    public string? Label { get; init; }

    /// <summary>The label's index in the model's output.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>The confidence in [0, 1] of the model that decided.</summary>
    public double? Confidence { get; init; }

    /// <summary>The model that decided.</summary>
    public Decider? DecidedBy { get; init; }

    /// <summary>The deciding model's likeliest classes, likeliest first; a JSON column.</summary>
    public IReadOnlyList<ClassPrediction> TopK { get; init; } = [];

    /// <summary>The tiny model's answer, whoever decided.</summary>
    public string? TinyLabel { get; init; }

    /// <summary>The index of the tiny model's answer.</summary>
    public int? TinyClassIndex { get; init; }

    /// <summary>The tiny model's confidence in [0, 1] by the policy's measure.</summary>
    public double? TinyConfidence { get; init; }

    /// <summary>The large model's answer where it saw the image: as decider or in the shadow.</summary>
    public string? LargeLabel { get; init; }

    /// <summary>The index of the large model's answer.</summary>
    public int? LargeClassIndex { get; init; }

    /// <summary>The large model's confidence in [0, 1]: its highest class probability.</summary>
    public double? LargeConfidence { get; init; }

    /// <summary>Whether a confident image was also sent to the large model, to watch the saver for drift; its label stays the tiny model's.</summary>
    public bool Shadow { get; init; }

    /// <summary>Whether the tiny label was accepted below the exit threshold because the escalation backlog exceeded its limit.</summary>
    public bool Degraded { get; init; }

    /// <summary>The id of the cascade policy that decided.</summary>
    public string? Policy { get; init; }

    /// <summary>The short content hash of the tiny model.</summary>
    public string? TinyModel { get; init; }

    /// <summary>The short content hash of the large model.</summary>
    public string? LargeModel { get; init; }

    /// <summary>Why the image failed: a name of <see cref="Failures.FailureReasons"/>, such as <c>not-an-image</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>What was found and what was expected, for the person who reads a failed row.</summary>
    public string? ReasonDetail { get; init; }

    /// <summary>Milliseconds that the stage which wrote the row spent on the image.</summary>
    public double? StageMilliseconds { get; init; }

    /// <summary>The trace id under which the row was written, to find its telemetry.</summary>
    public string? OperationId { get; init; }
}
