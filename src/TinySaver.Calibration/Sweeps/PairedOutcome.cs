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
}

/// <summary>Compares a saver's predictions with the large model's, image by image.</summary>
public static class PairedOutcomes
{
    /// <summary>The outcome of every image.</summary>
    /// <param name="labels">True class of every image, or empty where labels are absent: then only disagreement is known.</param>
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
            if (!labels.IsEmpty)
            {
                outcome |= saver[i] == labels[i] ? PairedOutcome.SaverCorrect : 0;
                outcome |= large[i] == labels[i] ? PairedOutcome.LargeCorrect : 0;
            }

            outcomes[i] = outcome;
        }

        return outcomes;
    }
}
