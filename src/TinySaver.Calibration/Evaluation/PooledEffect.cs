using TinySaver.Calibration.Pooling;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Evaluation;

/// <summary>What pooling changed among the escalated images.</summary>
/// <param name="Changed">Images whose pooled answer is not the large model's.</param>
/// <param name="Gained">Of those, images that only the pool has right; null without labels.</param>
/// <param name="Lost">Of those, images that only the large model has right; likewise.</param>
/// <param name="Changes">Some of them: of the won, the lost and the others the surest each.</param>
public sealed record PooledEffect(int Changed, int? Gained, int? Lost, IReadOnlyList<PooledChange> Changes)
{
    /// <summary>Counts the changes of a replayed cascade.</summary>
    /// <param name="pooled">The pooled answers.</param>
    /// <param name="replay">The cascade.</param>
    /// <param name="large">The large model's class of every image.</param>
    /// <param name="labels">True class of every image; empty where unknown.</param>
    /// <param name="most">The most changes of a kind to list.</param>
    public static PooledEffect Of(PooledAnswers pooled, CascadeReplay replay, ReadOnlySpan<int> large, ReadOnlySpan<int> labels, int most)
    {
        var changes = new List<PooledChange>();
        for (int i = 0; i < large.Length; i++)
        {
            if (!replay.Exits(i) && pooled.Classes[i] != large[i])
                changes.Add(new PooledChange(i, pooled.By(ConfidenceMeasure.MaxProbability)[i], pooled.Classes[i], large[i], labels.IsEmpty ? null : labels[i]));
        }

        return new PooledEffect(
            changes.Count,
            labels.IsEmpty ? null : changes.Count(c => c.Effect > 0),
            labels.IsEmpty ? null : changes.Count(c => c.Effect < 0),
            [.. changes.GroupBy(c => c.Effect).OrderByDescending(g => g.Key).SelectMany(g => g.OrderByDescending(c => c.Confidence).Take(most))]);
    }
}

/// <summary>An escalated image that the pool answers otherwise than the large model alone.</summary>
/// <param name="Row">The image's row.</param>
/// <param name="Confidence">The highest pooled probability.</param>
/// <param name="Answer">The pooled class.</param>
/// <param name="Large">The large model's class.</param>
/// <param name="Label">The true class; null where unknown.</param>
public sealed record PooledChange(int Row, float Confidence, int Answer, int Large, int? Label)
{
    /// <summary>1 where only the pool is right, −1 where only the large model is, else 0.</summary>
    public int Effect => (Answer == Label ? 1 : 0) - (Large == Label ? 1 : 0);
}
