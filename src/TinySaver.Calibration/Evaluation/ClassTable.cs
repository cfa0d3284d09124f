namespace TinySaver.Calibration.Evaluation;

/// <summary>Breaks an evaluation down by true class.</summary>
public static class ClassTable
{
    /// <summary>One row for each class that occurs among the labels, by class index.</summary>
    /// <param name="replay">The cascade's answers.</param>
    /// <param name="saver">The first saver's class of every image.</param>
    /// <param name="large">The large model's class of every image.</param>
    /// <param name="labels">True class of every image; the table is empty without them.</param>
    public static IReadOnlyList<ClassRow> Of(CascadeReplay replay, ReadOnlySpan<int> saver, ReadOnlySpan<int> large, ReadOnlySpan<int> labels)
    {
        var tallies = new SortedDictionary<int, Tally>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (!tallies.TryGetValue(labels[i], out Tally? tally))
                tallies.Add(labels[i], tally = new Tally());

            bool largeRight = large[i] == labels[i];
            bool cascadeRight = replay.Answers[i] == labels[i];
            tally.Images++;
            tally.Saver += saver[i] == labels[i] ? 1 : 0;
            tally.Large += largeRight ? 1 : 0;
            tally.Losses += largeRight && !cascadeRight ? 1 : 0;
            tally.Gains += cascadeRight && !largeRight ? 1 : 0;
            tally.Exited += replay.Exits(i) ? 1 : 0;
        }

        return [.. tallies.Select(pair => Row(pair.Key, pair.Value))];
    }

    private static ClassRow Row(int index, Tally tally)
    {
        double images = tally.Images;
        return new ClassRow(
            index,
            tally.Images,
            tally.Saver / images,
            tally.Large / images,
            (tally.Large - tally.Losses + tally.Gains) / images,
            (tally.Losses - tally.Gains) / images,
            tally.Exited / images,
            tally.Losses,
            tally.Gains);
    }

    private sealed class Tally
    {
        public int Images, Saver, Large, Losses, Gains, Exited;
    }
}

/// <summary>How one class fares.</summary>
/// <param name="Class">The class index.</param>
/// <param name="Images">Images whose true class it is.</param>
/// <param name="AccuracySaver">Share of them that the first saver alone has right.</param>
/// <param name="AccuracyLarge">Share that the large model alone has right.</param>
/// <param name="AccuracyCascade">Share that the cascade has right.</param>
/// <param name="AccuracyDrop">AccuracyLarge − AccuracyCascade: above 0 the class loses.</param>
/// <param name="ExitRate">Share that exits at a saver.</param>
/// <param name="Losses">Images that only the large model has right.</param>
/// <param name="Gains">Images that only the cascade has right.</param>
public sealed record ClassRow(
    int Class, int Images, double AccuracySaver, double AccuracyLarge, double AccuracyCascade, double AccuracyDrop, double ExitRate, int Losses, int Gains);
