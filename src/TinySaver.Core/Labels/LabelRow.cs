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
/// <param name="Name">The whole blob name; authoritative, because a long name's key is cut.</param>
/// <param name="Version">The version of the image that the row speaks of; that of a file that is in no storage is the default.</param>
/// <param name="Status">Where the image stands.</param>
/// <param name="Label">The label's text, set when <paramref name="Status"/> is <see cref="LabelStatus.Labelled"/>.</param>
/// <param name="ClassIndex">The label's index in the large model's label set.</param>
/// <param name="Confidence">The confidence in [0, 1] of the model that decided; where the policy pools, of its answer pooled with those before it.</param>
/// <param name="DecidedBy">The model that decided, alone or pooled with those before it.</param>
/// <param name="TinyLabel">What the tiny model that was asked last says alone, whoever decided.</param>
/// <param name="TinyClassIndex">The index of the tiny model's answer.</param>
/// <param name="TinyConfidence">The tiny model's confidence in [0, 1] by the policy's measure.</param>
/// <param name="LargeLabel">What the large model says alone where it saw the image: as decider or in the shadow.</param>
/// <param name="LargeClassIndex">The index of the large model's answer.</param>
/// <param name="LargeConfidence">The large model's confidence in [0, 1]: its highest class probability.</param>
/// <param name="Shadow">Whether an image that the tiny model labelled was also sent to the large model, for the audit; its label stays the tiny model's.</param>
/// <param name="Degraded">Whether the tiny label was accepted below the exit threshold because the escalation backlog exceeded its limit.</param>
/// <param name="Safe">Whether a confident image was escalated because the guarantee is broken: the safe mode. Its label is the large model's own.</param>
/// <param name="Audited">Whether the image is in the audit sample, which both models answer whoever decides.</param>
/// <param name="Policy">The id of the cascade policy that decided.</param>
/// <param name="TinyModel">The short content hash of the tiny model.</param>
/// <param name="LargeModel">The short content hash of the large model.</param>
/// <param name="Reason">Why the image failed.</param>
/// <param name="ReasonDetail">What was found and what was expected, for the person who reads a failed row.</param>
/// <param name="StageMilliseconds">Milliseconds that the stage which wrote the row spent on the image.</param>
/// <param name="OperationId">The trace id under which the row was written, to find its telemetry.</param>
/// <param name="Job">The batch job that labelled the image; null where its upload did.</param>
public sealed record LabelRow(
    string Name, ImageVersion Version, LabelStatus Status = LabelStatus.Escalated,
    string? Label = null, int? ClassIndex = null, double? Confidence = null, Decider? DecidedBy = null,
    string? TinyLabel = null, int? TinyClassIndex = null, double? TinyConfidence = null,
    string? LargeLabel = null, int? LargeClassIndex = null, double? LargeConfidence = null, bool Shadow = false, bool Degraded = false,
    bool Safe = false, bool Audited = false, string? Policy = null, string? TinyModel = null, string? LargeModel = null, FailureReason? Reason = null,
    string? ReasonDetail = null, double? StageMilliseconds = null, string? OperationId = null, string? Job = null)
{
    /// <summary>The likeliest classes of the answer that decided, likeliest first.</summary>
    public IReadOnlyList<ClassPrediction> TopK { get; init; } = [];

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

    /// <summary>The row with an answer, a model's own or one that it and those before it pooled, as its label.</summary>
    public LabelRow LabelledBy(Decider model, Prediction answer) => this with
    {
        Status = LabelStatus.Labelled,
        Label = answer.Label,
        ClassIndex = answer.ClassIndex,
        Confidence = answer.Confidence,
        DecidedBy = model,
        TopK = answer.TopK,
    };

    /// <summary>The row of an image that has no label and gets none.</summary>
    public LabelRow FailedFor(FailureReason reason, string detail) => this with
    {
        Status = LabelStatus.Failed,
        Reason = reason,
        ReasonDetail = detail,
    };
}
