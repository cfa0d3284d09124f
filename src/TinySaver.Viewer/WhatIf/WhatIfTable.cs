using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Reviews;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.WhatIf;

/// <summary>What the rows say of any threshold of the last saver, in steps of its confidence, so that the page can follow a hand without asking again.</summary>
/// <param name="Saver">The saver whose threshold is moved.</param>
/// <param name="Measure">Its confidence measure.</param>
/// <param name="Threshold">Its threshold.</param>
/// <param name="Guaranteed">Whether the policy guarantees something at that threshold.</param>
/// <param name="UpOnly">Whether the rows tell of higher thresholds only: a pooled confidence is not kept of an escalated image.</param>
/// <param name="Earlier">The images that exit at savers before it, whatever the threshold.</param>
/// <param name="Bins">The others by confidence, of width 1 / their number; the last has those of 1.</param>
/// <param name="SaverMacs">What all savers spend on an image that reaches the last; null where not known.</param>
/// <param name="EarlierMacs">What was spent on the earlier exits, all together.</param>
/// <param name="LargeMacs">What the large model spends on an image.</param>
/// <param name="Prices">What a million images cost; null where not known.</param>
/// <param name="ByReview">Images whose truth a person's review tells.</param>
/// <param name="ByFolder">Images whose truth the name of their folder tells.</param>
/// <param name="LeftOut">Rows that another policy decided, whose confidences are of another kind.</param>
internal sealed record WhatIfTable(
    string Saver, string Measure, double Threshold, bool Guaranteed, bool UpOnly, WhatIfBin Earlier, WhatIfBin[] Bins, long? SaverMacs, long EarlierMacs, long? LargeMacs,
    JobPrices? Prices, long ByReview, long ByFolder, long LeftOut)
{
    private const int Steps = 1000;

    /// <summary>Counts the rows; null where the policy has no saver.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="prices">What images cost.</param>
    /// <param name="rows">The rows by the keys of their names.</param>
    /// <param name="texts">The texts that they point to.</param>
    /// <param name="reviews">What people say, by the same keys.</param>
    /// <param name="batch">The batch to count; null for all.</param>
    public static WhatIfTable? Of(
        KnownPolicy policy, JobPrices? prices, IEnumerable<KeyValuePair<UInt128, RowFacts>> rows, Texts texts, IReadOnlyDictionary<UInt128, Review> reviews, string? batch)
    {
        if (policy.LastSaver is not { } saver)
            return null;

        int mine = texts.Find(policy.Id);
        int onlyBatch = texts.Find(batch);
        var bins = new WhatIfBin[Steps];
        WhatIfBin earlier = default;
        long earlierMacs = 0;
        long byReview = 0;
        long byFolder = 0;
        long leftOut = 0;
        foreach ((UInt128 key, RowFacts row) in rows)
        {
            if (row.Status.Status == LabelStatus.Failed || (batch is not null && row.Batch != onlyBatch))
                continue;

            bool pooledExit = saver.Weights is not null && row.IsLabelled && row.Status.DecidedBy == Decider.Tiny;
            float confidence = pooledExit ? row.Confidence : row.TinyConfidence;
            if (row.Policy != mine || float.IsNaN(confidence))
            {
                leftOut++;
                continue;
            }

            int? reviewed = reviews.TryGetValue(key, out Review? review) ? review.ClassIndex ?? -2 : null;
            int? truth = reviewed ?? policy.ClassOf(texts[row.Folder]);
            byReview += reviewed is null ? 0 : 1;
            byFolder += reviewed is null && truth is not null ? 1 : 0;
            var one = WhatIfBin.Of(row, truth, pooledExit);
            if (policy.SaversAsked(texts[row.TinyModel]) is var asked && asked < policy.Policy.Savers.Count)
            {
                earlier += one;
                earlierMacs += policy.Macs(asked, large: false);
            }
            else
            {
                bins[Math.Clamp((int)(confidence * Steps), 0, Steps - 1)] += one;
            }
        }

        return new(
            saver.Model.Name, saver.Measure.Name(), saver.Threshold, policy.Policy.Guarantee is not null, saver.Weights is not null, earlier, bins,
            policy.KnowsMacs ? policy.Macs(policy.Policy.Savers.Count, large: false) : null, earlierMacs, policy.Policy.Large.Macs, prices, byReview, byFolder, leftOut);
    }
}

/// <summary>Images of about the same confidence.</summary>
/// <param name="N">How many.</param>
/// <param name="Truth">Of these, images whose truth is known.</param>
/// <param name="ExitRight">Of the latter, images that the saver says rightly.</param>
/// <param name="Known">Of the latter, images whose answer with the large model is known.</param>
/// <param name="LargeRight">Of these, images whose answer with the large model is right.</param>
internal readonly record struct WhatIfBin(int N, int Truth, int ExitRight, int Known, int LargeRight)
{
    /// <summary>One image.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="truth">Its true class; negative for one that is not in the list, null where nobody knows.</param>
    /// <param name="pooledExit">Whether its exit's answer is a pooled one.</param>
    public static WhatIfBin Of(in RowFacts row, int? truth, bool pooledExit)
    {
        // What the cascade says after the large model; of a shadow, what that says alone.
        int withLarge = row.Status.DecidedBy == Decider.Large ? row.Class : row.LargeClass;
        return truth is not { } right
            ? new(1, 0, 0, 0, 0)
            : new(1, 1, (pooledExit ? row.Class : row.TinyClass) == right ? 1 : 0, withLarge >= 0 ? 1 : 0, withLarge >= 0 && withLarge == right ? 1 : 0);
    }

    public static WhatIfBin operator +(WhatIfBin a, WhatIfBin b) =>
        new(a.N + b.N, a.Truth + b.Truth, a.ExitRight + b.ExitRight, a.Known + b.Known, a.LargeRight + b.LargeRight);
}
