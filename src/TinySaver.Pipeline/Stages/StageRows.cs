using System.Diagnostics;
using TinySaver.Core.Audits;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Labels;

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
            ? row.WithTiny(asked.Prediction, cascade.Savers[asked.SaverIndex].ShortHash) with { TopK = asked.Answer.TopK }
            : row;
    }

    /// <summary>The message that belongs to the row as the table holds it; its trace goes on from the activity.</summary>
    /// <remarks>Only the message of the call that wrote the row names its tag: another one's may come second, and is to look first.</remarks>
    public static Escalation Escalation(
        string container, RowWrite write, SaverAnswer? answer, Cascade cascade, DateTimeOffset now, Activity? activity)
    {
        LabelRow row = write.Row;

        // A row that another policy wrote says nothing of what this one decides.
        AuditDecision? audit = row.Audited && row.Policy == cascade.PolicyId
            ? new(answer is { Exits: true } exits ? exits.SaverIndex : null, answer?.Answer.ClassIndex, answer?.Answer.Confidence) { Degraded = row.Degraded }
            : null;
        bool shadow = row.Status == LabelStatus.Labelled;
        return new()
        {
            Container = container,
            Name = row.Name,
            ETag = row.Version.ETag,
            LastModified = row.Version.LastModified,
            Tiny = answer is { } asked ? Said(asked.Prediction, row.TinyModel) : null,
            Pooled = shadow && answer is { } pooled && pooled.Answer != pooled.Prediction ? Said(pooled.Answer, null) : null,
            Evidence = audit is null && (shadow || row.Safe || cascade.Policy.LargeWeights is null) ? null : answer?.Evidence ?? [],
            Audit = audit,
            Policy = row.Policy ?? "",
            Row = write.RowTag,
            EnqueuedAt = now,
            Shadow = shadow,
            Safe = row.Safe,
            Job = row.Job,
            TraceParent = activity?.Id,
            TraceState = activity?.TraceStateString,
        };
        static TinyAnswer Said(Prediction answer, string? model) => new(answer.ClassIndex, answer.Label, answer.Confidence, answer.TopK, model);
    }

    /// <summary>The row of an answered escalation: the cascade's label, or in the shadow the savers'; what the large model says alone beside it.</summary>
    /// <param name="escalation">The escalation.</param>
    /// <param name="prediction">What the large model says alone.</param>
    /// <param name="cascade">The cascade; where it cannot pool, the large model's label is the image's.</param>
    public static LabelRow Answered(Escalation escalation, Prediction prediction, Cascade cascade)
    {
        LabelRow row = Waiting(escalation).WithLarge(prediction, cascade.Large.ShortHash);
        return escalation.Shadow ? row
            : row.LabelledBy(Decider.Large, escalation.Safe ? prediction : Together(escalation, prediction, cascade));
    }

    /// <summary>What the table of audits keeps of an answered escalation; null where it is not in the sample, or another policy than the present one escalated it.</summary>
    public static AuditRow? Audit(Escalation escalation, Prediction prediction, Cascade cascade, DateTimeOffset now)
    {
        if (escalation.Audit is not { } decision || escalation.Policy != cascade.PolicyId)
            return null;

        int? index = decision.ExitsAt is null ? Together(escalation, prediction, cascade).ClassIndex : decision.ClassIndex;
        return index is { } answer && answer >= 0 && answer < cascade.Labels.Count
            ? new AuditRow(
                cascade.PolicyId, now, escalation.Name, escalation.Version, decision, answer, cascade.Labels[answer],
                prediction.ClassIndex, prediction.Label, prediction.Confidence)
            {
                Evidence = [.. escalation.Evidence ?? [], prediction.Evidence!],
                Safe = escalation.Safe,
                Job = escalation.Job,
            }
            : null;
    }

    private static Prediction Together(Escalation escalation, Prediction alone, Cascade cascade) =>
        cascade.ObstacleToPooling(escalation) is null ? cascade.AnswerEscalated(escalation.Evidence ?? [], alone) : alone;

    /// <summary>The row of an image that was deleted while it waited for the large model.</summary>
    public static LabelRow Deleted(LabelRow waiting) =>
        waiting.FailedFor(FailureReason.Deleted, "The image was deleted before the large model saw it.");

    /// <summary>The row that the large model's answer is to be added to: it waits for its label, or in the shadow has the savers'.</summary>
    public static LabelRow Waiting(Escalation escalation)
    {
        LabelRow row = new(escalation.Name, escalation.Version)
        {
            TinyLabel = escalation.Tiny?.Label,
            TinyClassIndex = escalation.Tiny?.ClassIndex,
            TinyConfidence = escalation.Tiny?.Confidence,
            TinyModel = escalation.Tiny?.Model,
            Safe = escalation.Safe,
            Audited = escalation.Audit is not null,
            Policy = escalation.Policy,
            Job = escalation.Job,
        };
        return escalation is { Shadow: true, Tiny: { } tiny }
            ? row.LabelledBy(Decider.Tiny, (escalation.Pooled ?? tiny).Prediction) with { Shadow = true, Degraded = escalation.Audit?.Degraded ?? false }
            : row;
    }
}
