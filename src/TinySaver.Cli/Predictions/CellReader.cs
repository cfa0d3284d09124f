using System.Globalization;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Predictions;

/// <summary>Reads the cells of a table as numbers, and names file, row and value where one is impossible.</summary>
internal sealed class CellReader(Table table)
{
    // A row of probabilities that exporters rounded to float16 is off by no more than this.
    private const double SumTolerance = 0.01;

    /// <summary>A column of whole numbers from 0; <paramref name="absent"/> where a cell or the column is missing, null to refuse that.</summary>
    public int[] Whole(string column, int? absent)
    {
        int index = table.Find(column);
        return [.. table.Rows.Select((row, i) => (index < 0 ? null : row[index], absent) switch
        {
            (null, { } value) => value,
            ({ } text, _) when TryWhole(text, out int value) => value,
            (var text, _) => throw Refuse(i, column, text, "a whole number from 0"),
        })];
    }

    /// <summary>A column of numbers in [0, 1], none missing.</summary>
    public float[] Shares(string column)
    {
        int index = table.Require(column);
        return [.. table.Rows.Select((row, i) =>
            float.TryParse(row[index], NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value is >= 0 and <= 1
                ? value
                : throw Refuse(i, column, row[index], "a number from 0 to 1"))];
    }

    /// <summary>The column <c>logits</c>, or the logarithms of the column <c>probabilities</c>; null where there is neither.</summary>
    public float[]? Logits()
    {
        bool areProbabilities = table.Find("logits") < 0;
        string column = areProbabilities ? "probabilities" : "logits";
        int index = table.Find(column);
        if (index < 0 || table.Rows.All(r => r[index] is null))
            return null;

        int classes = -1;
        var all = new List<float>();
        for (int i = 0; i < table.Rows.Count; i++)
        {
            string[] parts = (table.Rows[i][index] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            classes = classes < 0 ? parts.Length : classes;
            if (parts.Length != classes || classes < 2)
                throw Refuse(i, column, $"{parts.Length} numbers", classes < 2 ? "at least two numbers separated by blanks" : $"{classes} numbers as in the first row");

            double sum = 0;
            foreach (string part in parts)
            {
                if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) || !float.IsFinite(value) || (areProbabilities && value < 0))
                    throw Refuse(i, column, part, areProbabilities ? "numbers from 0 to 1" : "finite numbers");

                sum += value;
                // ln 0 has no place in a softmax; the smallest normal number is as good as none.
                all.Add(areProbabilities ? MathF.Log(MathF.Max(value, 1.17549435e-38f)) : value);
            }

            if (areProbabilities && Math.Abs(sum - 1) > SumTolerance)
                throw Refuse(i, column, FormattableString.Invariant($"numbers that sum to {sum:0.####}"), "probabilities that sum to 1");
        }

        return [.. all];
    }

    /// <summary>The column <c>top_k</c>, likeliest first; null where it is missing or a row has none.</summary>
    public (int[] Classes, float[] Probabilities)[]? TopK()
    {
        const string column = "top_k";
        int index = table.Find(column);
        return index < 0 || table.Rows.Any(r => r[index] is null) ? null : [.. table.Rows.Select((row, i) =>
        {
            (int Class, float Probability)[] listed = [.. row[index]!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => ClassAt(text, i)).OrderByDescending(c => c.Probability)];
            return listed.Length > 0 && listed.DistinctBy(c => c.Class).Count() == listed.Length
                ? (listed.Select(c => c.Class).ToArray(), listed.Select(c => c.Probability).ToArray())
                : throw Refuse(i, column, row[index], "classes as index:probability, none twice");
        })];

        (int Class, float Probability) ClassAt(string text, int row)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && TryWhole(text[..colon], out int index)
                && float.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float probability) && probability is >= 0 and <= 1
                ? (index, probability)
                : throw Refuse(row, column, text, "classes as index:probability");
        }
    }

    /// <summary>The mean of a column of numbers; null where there are none.</summary>
    public double? Mean(string column)
    {
        int index = table.Find(column);
        double[] values = index < 0
            ? []
            : [.. table.Rows.Select(r => double.TryParse(r[index], NumberStyles.Float, CultureInfo.InvariantCulture, out double v) ? v : double.NaN).Where(double.IsFinite)];
        return values.Length == 0 ? null : values.Average();
    }

    /// <summary>The one whole number of a column that says the same in every row; null where it is missing.</summary>
    public long? OneWhole(string column) => OneText(column) switch
    {
        null => null,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 => value,
        var text => throw Refuse(0, column, text, "a positive whole number"),
    };

    /// <summary>The one text of a column that says the same in every row; null where it is missing.</summary>
    public string? OneText(string column)
    {
        int index = table.Find(column);
        if (index < 0)
            return null;

        string? first = table.Rows[0][index];
        int other = table.Rows.ToList().FindIndex(r => r[index] != first);
        return other < 0 ? first : throw Refuse(other, column, table.Rows[other][index], $"'{first}' as in the first row: a file holds one model's predictions");
    }

    private static bool TryWhole(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private TinySaverException Refuse(int row, string column, string? value, string expected) =>
        new($"{table.Source}: data row {row + 1}, column '{column}', is {(value is null ? "empty" : $"'{value}'")}; expected {expected}.");
}
