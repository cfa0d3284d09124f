using System.Text.Json.Serialization;
using TinySaver.Core.Failures;

namespace TinySaver.Core.Labels;

/// <summary>Where an image stands in the pipeline.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelStatus>))]
public enum LabelStatus
{
    /// <summary>The tiny model was not confident; the large model has not answered yet.</summary>
    [JsonStringEnumMemberName("Escalated")]
    Escalated,

    /// <summary>The image can never be classified, or its retries are used up; the row's reason says why.</summary>
    [JsonStringEnumMemberName("Failed")]
    Failed,

    /// <summary>The image has its label.</summary>
    [JsonStringEnumMemberName("Labelled")]
    Labelled,
}

/// <summary>The model whose answer became the label.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decider>))]
public enum Decider
{
    /// <summary>The saver, which sees every image.</summary>
    [JsonStringEnumMemberName("tiny")]
    Tiny,

    /// <summary>The large model, which sees escalated images.</summary>
    [JsonStringEnumMemberName("large")]
    Large,
}

/// <summary>One image's row: its label, or why it has none yet or never will.</summary>
/// <remarks><see cref="LabelColumns"/> says how the table and the files hold it.</remarks>
public sealed record LabelRow
{
    /// <summary>The whole blob name; authoritative, because a long name's key is cut.</summary>
    public required string Name { get; init; }

    /// <summary>Where the image stands.</summary>
    public required LabelStatus Status { get; init; }

    /// <summary>The version of the image that the row speaks of; that of a file that is in no storage is the default.</summary>
    public required ImageVersion Version { get; init; }

    /// <summary>The label's text, set when <see cref="Status"/> is <see cref="LabelStatus.Labelled"/>.</summary>
    public string? Label { get; init; }

    /// <summary>The label's index in the large model's label set.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>The confidence in [0, 1] of the model that decided.</summary>
    public double? Confidence { get; init; }

    /// <summary>The model that decided.</summary>
    public Decider? DecidedBy { get; init; }

    /// <summary>The deciding model's likeliest classes, likeliest first.</summary>
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

    /// <summary>Why the image failed.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>What was found and what was expected, for the person who reads a failed row.</summary>
    public string? ReasonDetail { get; init; }

    /// <summary>Milliseconds that the stage which wrote the row spent on the image.</summary>
    public double? StageMilliseconds { get; init; }

    /// <summary>The trace id under which the row was written, to find its telemetry.</summary>
    public string? OperationId { get; init; }

    /// <summary>The batch job that labelled the image; null where its upload did.</summary>
    public string? Job { get; init; }

    /// <summary>The row of an image of which nothing is decided.</summary>
    public static LabelRow Of(string name, ImageVersion version) => new() { Name = name, Version = version, Status = LabelStatus.Escalated };

    /// <summary>The row with the tiny model's answer beside the label.</summary>
    public LabelRow WithTiny(Prediction? answer, string? model) => this with
    {
        TinyLabel = answer?.Label,
        TinyClassIndex = answer?.ClassIndex,
        TinyConfidence = answer?.Confidence,
        TinyModel = model,
    };

    /// <summary>The row with the large model's answer beside the label.</summary>
    public LabelRow WithLarge(Prediction answer, string model) => this with
    {
        LargeLabel = answer.Label,
        LargeClassIndex = answer.ClassIndex,
        LargeConfidence = answer.Confidence,
        LargeModel = model,
    };

    /// <summary>The row with the tiny model's answer, and its likeliest classes, as its label.</summary>
    public LabelRow LabelledByTiny(IReadOnlyList<ClassPrediction> topK) => this with
    {
        Status = LabelStatus.Labelled,
        Label = TinyLabel,
        ClassIndex = TinyClassIndex,
        Confidence = TinyConfidence,
        DecidedBy = Decider.Tiny,
        TopK = topK,
    };

    /// <summary>The row with the large model's answer, and its likeliest classes, as its label.</summary>
    public LabelRow LabelledByLarge(IReadOnlyList<ClassPrediction> topK) => this with
    {
        Status = LabelStatus.Labelled,
        Label = LargeLabel,
        ClassIndex = LargeClassIndex,
        Confidence = LargeConfidence,
        DecidedBy = Decider.Large,
        TopK = topK,
    };

    /// <summary>The row of an image that has no label and gets none.</summary>
    public LabelRow FailedFor(FailureReason reason, string detail) => this with
    {
        Status = LabelStatus.Failed,
        Reason = reason,
        ReasonDetail = detail,
    };
}
