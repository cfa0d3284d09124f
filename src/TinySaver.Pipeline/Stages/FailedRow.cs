using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>Makes the rows of images that have no label.</summary>
internal static class FailedRow
{
    /// <summary>The row of a permanent failure.</summary>
    public static LabelRow Of(string name, ImageVersion version, PermanentFailureException failure) => new()
    {
        Name = name,
        Version = version,
        Status = LabelStatus.Failed,
        Reason = failure.Reason.Name(),
        ReasonDetail = failure.Message,
    };

    /// <summary>The row of a permanent failure after the tiny model has answered.</summary>
    public static LabelRow Of(Escalation escalation, PermanentFailureException failure) =>
        Of(escalation.Name, escalation.Version, failure) with
        {
            TinyLabel = escalation.Tiny?.Label,
            TinyClassIndex = escalation.Tiny?.ClassIndex,
            TinyConfidence = escalation.Tiny?.Confidence,
            TinyModel = escalation.Tiny?.Model,
            Policy = escalation.Policy,
        };

    /// <summary>The row of an image that was deleted while it waited for the large model.</summary>
    public static LabelRow Deleted(LabelRow waiting) => waiting with
    {
        Status = LabelStatus.Failed,
        Reason = FailureReason.Deleted.Name(),
        ReasonDetail = "The image was deleted before the large model saw it.",
    };
}
