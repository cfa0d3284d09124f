using System.Diagnostics;
using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Stages;

/// <summary>Makes the tiny stage's rows and messages.</summary>
internal static class TinyRows
{
    /// <summary>What is true of the row whatever was decided.</summary>
    public static LabelRow Row(string name, ImageVersion version, SaverAnswer? answer, Cascade cascade) => new()
    {
        Name = name,
        Version = version,
        Status = LabelStatus.Escalated,
        TopK = answer?.Prediction.TopK ?? [],
        TinyLabel = answer?.Prediction.Label,
        TinyClassIndex = answer?.Prediction.ClassIndex,
        TinyConfidence = answer?.Prediction.Confidence,
        TinyModel = answer is { } asked ? cascade.Savers[asked.SaverIndex].ShortHash : null,
        Policy = cascade.PolicyId,
    };

    /// <summary>The row with the tiny model's answer as its label.</summary>
    public static LabelRow Labelled(LabelRow row, Prediction prediction) => row with
    {
        Label = prediction.Label,
        ClassIndex = prediction.ClassIndex,
        Confidence = prediction.Confidence,
        DecidedBy = Decider.Tiny,
    };

    /// <summary>The message that belongs to the row.</summary>
    /// <param name="container">The images' container.</param>
    /// <param name="row">The row as the table holds it.</param>
    /// <param name="answer">The savers' answer.</param>
    /// <param name="now">The present time.</param>
    /// <param name="activity">The activity to go on from.</param>
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
        TraceParent = activity?.Id,
        TraceState = activity?.TraceStateString,
    };
}
