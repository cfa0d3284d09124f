using TinySaver.Cli.Classify;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using LabelRow = TinySaver.Core.Labels.LabelRow;

namespace TinySaver.Cli.Run;

/// <summary>Reads rows of the labels table as the outcomes that <c>classify</c> has, so that both sum up and write the same.</summary>
internal sealed class RowOutcome(Cascade cascade)
{
    /// <summary>The outcome that a final row tells of.</summary>
    /// <param name="path">The image's path as given.</param>
    /// <param name="trueClass">Its true class, where it is known.</param>
    /// <param name="row">Its row; not one that still waits for the large model.</param>
    public ImageOutcome Of(string path, int? trueClass, LabelRow row)
    {
        if (row.Status != LabelStatus.Labelled)
        {
            return new() { Path = path, TrueClass = trueClass, Reason = row.Reason, Message = row.ReasonDetail };
        }

        return new()
        {
            Path = path,
            TrueClass = trueClass,
            Answer = Read(row.ClassIndex, row.Label, row.Confidence, row.TopK),
            DecidedBy = row.DecidedBy == Decider.Large ? "large" : "tiny",
            Tiny = Read(row.TinyClassIndex, row.TinyLabel, row.TinyConfidence, []),
            Large = Read(row.LargeClassIndex, row.LargeLabel, row.LargeConfidence, []),
            Macs = SaverMacs(row) + (row.LargeLabel is null ? 0 : cascade.Large.Macs),
        };
    }

    /// <summary>Whether the row is what this cascade would write: the same policy and the same models.</summary>
    /// <remarks>A file that is no image fails whatever the policy; what failed for want of luck or by a model is worth another try.</remarks>
    public bool IsCurrent(LabelRow row) => row.Status == LabelStatus.Failed
        ? row.Reason is not ("retries-exhausted" or "bad-model-output" or "malformed-message" or "deleted")
        : row.Policy == cascade.PolicyId
            && !row.Degraded
            && (row.TinyModel is null || cascade.Savers.Any(s => s.ShortHash == row.TinyModel))
            && (row.LargeModel is null || row.LargeModel == cascade.Large.ShortHash);

    private long SaverMacs(LabelRow row)
    {
        long macs = 0;
        foreach (CascadeModel saver in cascade.Savers)
        {
            macs += saver.Macs;
            if (saver.ShortHash == row.TinyModel)
            {
                break;
            }
        }

        return row.TinyModel is null ? 0 : macs;
    }

    private static Prediction? Read(int? classIndex, string? label, double? confidence, IReadOnlyList<ClassPrediction> topK) =>
        classIndex is { } index ? new(index, label ?? "", (float)(confidence ?? 0), topK) : null;
}
