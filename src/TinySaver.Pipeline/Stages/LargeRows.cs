using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Stages;

/// <summary>Makes the large stage's rows, from the message alone, so that they do not depend on what the table held.</summary>
internal static class LargeRows
{
    /// <summary>The row of an answered escalation: the large model's label, or in the shadow the tiny model's with the other beside it.</summary>
    public static LabelRow Row(Escalation escalation, Prediction prediction, CascadeModel large)
    {
        TinyAnswer? tiny = escalation.Tiny;
        var row = new LabelRow
        {
            Name = escalation.Name,
            Version = escalation.Version,
            Status = LabelStatus.Labelled,
            TinyLabel = tiny?.Label,
            TinyClassIndex = tiny?.ClassIndex,
            TinyConfidence = tiny?.Confidence,
            TinyModel = tiny?.Model,
            LargeLabel = prediction.Label,
            LargeClassIndex = prediction.ClassIndex,
            LargeConfidence = prediction.Confidence,
            LargeModel = large.ShortHash,
            Policy = escalation.Policy,
        };
        return escalation.Shadow && tiny is not null
            ? row with
            {
                Shadow = true,
                Label = tiny.Label,
                ClassIndex = tiny.ClassIndex,
                Confidence = tiny.Confidence,
                TopK = tiny.TopK,
                DecidedBy = Decider.Tiny,
            }
            : row with
            {
                Label = prediction.Label,
                ClassIndex = prediction.ClassIndex,
                Confidence = prediction.Confidence,
                TopK = prediction.TopK,
                DecidedBy = Decider.Large,
            };
    }
}
