using System.Diagnostics;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Stages;

/// <summary>Makes the stages' rows, and the message that one hands to the other.</summary>
/// <remarks>The large stage's come from the message alone, so that they do not depend on what the table held.</remarks>
internal static class StageRows
{
    /// <summary>The row of an image that the savers were asked about, whatever is decided.</summary>
    public static LabelRow Asked(string name, ImageVersion version, SaverAnswer? answer, Cascade cascade)
    {
        LabelRow row = new(name, version, Policy: cascade.PolicyId);
        return answer is { } asked
            ? row.WithTiny(asked.Prediction, cascade.Savers[asked.SaverIndex].ShortHash) with { TopK = asked.Prediction.TopK }
            : row;
    }

    /// <summary>The message that belongs to the row as the table holds it; its trace goes on from the activity.</summary>
    public static Escalation Escalation(string container, LabelRow row, SaverAnswer? answer, DateTimeOffset now, Activity? activity) => new()
    {
        Container = container,
        Name = row.Name,
        ETag = row.Version.ETag,
        LastModified = row.Version.LastModified,
        Tiny = answer is { } asked
            ? new TinyAnswer(
                asked.Prediction.ClassIndex, asked.Prediction.Label, asked.Prediction.Confidence, asked.Prediction.TopK, row.TinyModel)
            : null,
        Policy = row.Policy ?? "",
        EnqueuedAt = now,
        Shadow = row.Status == LabelStatus.Labelled,
        Job = row.Job,
        TraceParent = activity?.Id,
        TraceState = activity?.TraceStateString,
    };

    /// <summary>The row of an answered escalation: the large model's label, or in the shadow the tiny model's with the other beside it.</summary>
    public static LabelRow Answered(Escalation escalation, Prediction prediction, CascadeModel large)
    {
        LabelRow row = Escalated(escalation).WithLarge(prediction, large.ShortHash);
        return escalation is { Shadow: true, Tiny: { } tiny }
            ? row.LabelledBy(Decider.Tiny, tiny.TopK) with { Shadow = true }
            : row.LabelledBy(Decider.Large, prediction.TopK);
    }

    /// <summary>The row of an image that was deleted while it waited for the large model.</summary>
    public static LabelRow Deleted(LabelRow waiting) =>
        waiting.FailedFor(FailureReason.Deleted, "The image was deleted before the large model saw it.");

    /// <summary>The row of an escalation that waits for its answer.</summary>
    public static LabelRow Escalated(Escalation escalation) => new(escalation.Name, escalation.Version)
    {
        TinyLabel = escalation.Tiny?.Label,
        TinyClassIndex = escalation.Tiny?.ClassIndex,
        TinyConfidence = escalation.Tiny?.Confidence,
        TinyModel = escalation.Tiny?.Model,
        Policy = escalation.Policy,
        Job = escalation.Job,
    };
}
