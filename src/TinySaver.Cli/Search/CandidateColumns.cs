using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Search;

/// <summary>Makes the confidence columns that a search tries for a saver: every measure, at temperature 1 and at a fitted one.</summary>
internal static class CandidateColumns
{
    // A temperature this near to 1 changes no threshold that matters; trying both would only cost candidates.
    private const float LeastChange = 0.02f;

    /// <summary>The columns of a saver.</summary>
    /// <param name="set">The saver's predictions, in the large model's order.</param>
    /// <param name="fitRows">The rows on which a temperature may be fitted; null for none.</param>
    /// <param name="targets">The class to fit to for every row: the true class, or the large model's.</param>
    public static IReadOnlyList<ConfidenceColumn> Of(PredictionSet set, IReadOnlyList<int>? fitRows, int[] targets)
    {
        List<ConfidenceColumn> columns = [.. set.Confidences.Select(c => new ConfidenceColumn(c.Key, 1f, c.Value))];
        if (set.Logits is { } logits && fitRows is { Count: > 0 })
        {
            int classes = set.LogitClasses;
            float[] rows = new float[fitRows.Count * classes];
            for (int i = 0; i < fitRows.Count; i++)
                logits.AsSpan(fitRows[i] * classes, classes).CopyTo(rows.AsSpan(i * classes));

            float temperature = TemperatureFit.Fit(rows, classes, [.. fitRows.Select(r => targets[r])]);
            if (MathF.Abs(temperature - 1) > LeastChange)
                columns.AddRange(ConfidenceMeasures.All.Select(m => new ConfidenceColumn(m, temperature, LogitConfidences.Of(logits, classes, m, temperature))));
        }

        return columns;
    }
}
