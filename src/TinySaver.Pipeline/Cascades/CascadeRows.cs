using TinySaver.Core.Cascade;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Cascades;

/// <summary>What a cascade says of rows and escalations that it, or another, has written.</summary>
public static class CascadeRows
{
    /// <summary>Whether the row is what this cascade would write: the same policy and the same models.</summary>
    /// <remarks>A file that is no image fails whatever the policy; what failed for a transient cause or by a model is worth another try.</remarks>
    public static bool IsCurrent(this Cascade cascade, LabelRow row)
    {
        return row.Status == LabelStatus.Failed
            ? row.Reason is not (FailureReason.RetriesExhausted or FailureReason.BadModelOutput or FailureReason.MalformedMessage or FailureReason.Deleted)
            : row.Policy == cascade.PolicyId
                && !row.Degraded
                && (row.TinyModel is null || cascade.Savers.Any(s => s.ShortHash == row.TinyModel))
                && (row.LargeModel is null || cascade.LargeHash is null || row.LargeModel == cascade.LargeHash);
    }

    /// <summary>
    /// Why the cascade, which would pool the large model's answer, cannot do so with what an escalation says of the savers; null where it can or
    /// has nothing to pool.
    /// </summary>
    public static string? ObstacleToPooling(this Cascade cascade, Escalation escalation)
    {
        IReadOnlyList<SaverPolicy> savers = cascade.Policy.Savers;
        if (cascade.Policy.LargeWeights is null)
            return null;

        if (escalation.Evidence is not { } evidence)
            return "the message has no evidence of the savers";

        if (evidence.Count != savers.Count)
            return $"the message has evidence of {evidence.Count} savers, and the policy {savers.Count}";

        for (int i = 0; i < savers.Count; i++)
        {
            // Where the policy was written by hand, without hashes, its id stands for its models.
            bool same = savers[i].Model.ShortHash is { } hash ? evidence[i].Model == hash : escalation.Policy == cascade.PolicyId;
            if (!same)
                return $"the message has evidence of another model ({evidence[i].Model}) than the policy's {savers[i].Model.Name}";

            try
            {
                evidence[i].Check(cascade.Labels.Count);
            }
            catch (TinySaverException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    /// <summary>Multiply-accumulate operations that the cascade spent on an image with such a row; 0 for models that do not say.</summary>
    public static long Macs(this Cascade cascade, LabelRow row)
    {
        long macs = row.LargeLabel is null ? 0 : cascade.LargeMacs ?? 0;
        if (row.TinyModel is null)
            return macs;

        foreach (CascadeModel saver in cascade.Savers)
        {
            macs += saver.Macs;
            if (saver.ShortHash == row.TinyModel)
                break;
        }

        return macs;
    }

    /// <summary>What a job counts of such a row.</summary>
    public static JobCounts Count(this Cascade cascade, LabelRow row, bool skipped, JobPrices? prices) =>
        JobCounts.Of(row, skipped, cascade.Macs(row), cascade.LargeMacs ?? 0, prices);
}
