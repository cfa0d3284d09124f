using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Sweeps;

/// <summary>How a saver and the large model did on the same image.</summary>
[Flags]
public enum PairedOutcome : byte
{
    /// <summary>Both wrong, with the same class.</summary>
    None = 0,

    /// <summary>The saver's class is the true one.</summary>
    SaverCorrect = 1,

    /// <summary>The large model's class is the true one.</summary>
    LargeCorrect = 2,

    /// <summary>The two chose different classes.</summary>
    Disagree = 4,

    /// <summary>They did, and the true class is unknown though others are known: the worst, a loss, is taken for it.</summary>
    Unlabelled = 8,
}

/// <summary>Compares a saver's predictions with the large model's, image by image.</summary>
public static class PairedOutcomes
{
    /// <summary>What an image of this outcome adds to the differences.</summary>
    public static Differences Differences(this PairedOutcome outcome)
    {
        bool right = (outcome & PairedOutcome.SaverCorrect) != 0;
        bool largeRight = (outcome & PairedOutcome.LargeCorrect) != 0;
        return new(
            largeRight && !right ? 1 : 0, right && !largeRight ? 1 : 0,
            (outcome & PairedOutcome.Disagree) != 0 ? 1 : 0, (outcome & PairedOutcome.Unlabelled) != 0 ? 1 : 0);
    }

    /// <summary>What some images come to.</summary>
    public static Differences Sum(ReadOnlySpan<PairedOutcome> outcomes)
    {
        Differences sum = default;
        foreach (PairedOutcome outcome in outcomes)
            sum += outcome.Differences();

        return sum;
    }

    /// <summary>The outcome of every image.</summary>
    /// <param name="labels">True class of every image, −1 where unknown; or empty: then only disagreement is known.</param>
    /// <param name="saver">The saver's class of every image.</param>
    /// <param name="large">The large model's class of every image; as many as the saver's.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static PairedOutcome[] Compare(ReadOnlySpan<int> labels, ReadOnlySpan<int> saver, ReadOnlySpan<int> large)
    {
        if (saver.Length != large.Length || (labels.Length != saver.Length && labels.Length != 0))
        {
            throw new ArgumentException(
                $"{saver.Length} predictions of the saver, {large.Length} of the large model and {labels.Length} labels: they must cover the same images.");
        }

        var outcomes = new PairedOutcome[saver.Length];
        for (int i = 0; i < outcomes.Length; i++)
        {
            PairedOutcome outcome = saver[i] == large[i] ? PairedOutcome.None : PairedOutcome.Disagree;
            if (!labels.IsEmpty && labels[i] == Labellings.Unknown)
            {
                outcome |= outcome == PairedOutcome.Disagree ? PairedOutcome.LargeCorrect | PairedOutcome.Unlabelled : 0;
            }
            else if (!labels.IsEmpty)
            {
                outcome |= saver[i] == labels[i] ? PairedOutcome.SaverCorrect : 0;
                outcome |= large[i] == labels[i] ? PairedOutcome.LargeCorrect : 0;
            }

            outcomes[i] = outcome;
        }

        return outcomes;
    }
}
