using TinySaver.Core.Failures;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Predictions;

/// <summary>Brings a saver's predictions into the large model's image order and class order.</summary>
internal static class PredictionAlignment
{
    /// <summary>Aligns a saver's predictions; recorded predictions have no model folder.</summary>
    /// <exception cref="TinySaverException">The images or the classes are not the same.</exception>
    public static PredictionSet Align(PredictionSet saver, ModelFolder? saverFolder, PredictionSet large, ModelFolder? largeFolder)
    {
        PredictionSet ordered = saver.InOrderOf(large);
        if (saverFolder is not null && largeFolder is not null)
        {
            int[] map = saverFolder.Labels.MapTo(largeFolder.Labels, saver.Name, large.Name);
            return (map.Length == 0 ? ordered : Renumber(ordered, map)) with { Labels = large.Labels };
        }

        CheckTexts(ordered, large);
        int row = Array.FindIndex([.. Enumerable.Range(0, ordered.Count)], i => ordered.Labels[i] >= 0 && large.Labels[i] >= 0 && ordered.Labels[i] != large.Labels[i]);
        return row < 0
            ? ordered with { Labels = large.Labels.AsSpan().IndexOfAnyExcept(-1) >= 0 ? large.Labels : ordered.Labels }
            : throw new TinySaverException(
                $"'{saver.Source}' says that the true class of '{ordered.Ids[row]}' is {ordered.Labels[row]}, '{large.Source}' says {large.Labels[row]}; the files must agree.");
    }

    private static PredictionSet Renumber(PredictionSet set, int[] map)
    {
        int classes = set.LogitClasses;
        float[]? logits = null;
        if (set.Logits is { } old)
        {
            logits = new float[old.Length];
            for (int i = 0; i < old.Length; i++)
                logits[(i / classes * classes) + map[i % classes]] = old[i];
        }

        return set with
        {
            Classes = [.. set.Classes.Select(c => map[c])],
            Logits = logits,
            TopK = set.TopK?.Select(t => (t.Classes.Select(c => map[c]).ToArray(), t.Probabilities)).ToArray(),
            LabelTexts = set.LabelTexts.ToDictionary(t => map[t.Key], t => t.Value),
        };
    }

    /// <summary>Refuses predictions that number the classes otherwise than the large model's.</summary>
    /// <exception cref="TinySaverException">An index has another text.</exception>
    public static void CheckTexts(PredictionSet saver, PredictionSet large)
    {
        foreach ((int index, string text) in saver.LabelTexts)
        {
            if (large.LabelTexts.TryGetValue(index, out string? other) && other != text)
            {
                throw new TinySaverException(
                    $"Class {index} is '{text}' in '{saver.Source}' but '{other}' in '{large.Source}': the files number the classes differently. Predict both from their model folders, or renumber one.");
            }
        }
    }
}
