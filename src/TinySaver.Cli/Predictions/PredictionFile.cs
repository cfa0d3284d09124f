using System.Globalization;
using System.Text.Json;
using TinySaver.Cli.Tables;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Predictions;

/// <summary>Reads and writes predictions files (.csv or .parquet); docs/predictions.md has the columns.</summary>
internal static class PredictionFile
{
    private static readonly IReadOnlyList<Column<PredictionRow>> Columns = [.. Column<PredictionRow>.OfProperties(JsonNamingPolicy.SnakeCaseLower).SelectMany(column =>
        column.Type == typeof(float?[])
            ? ConfidenceMeasures.All.Select((measure, i) => new Column<PredictionRow>(ColumnOf(measure), typeof(float?), row => row.Confidences?[i]))
            : [column])];

    /// <summary>Writes rows.</summary>
    public static Task WriteAsync(string path, IReadOnlyCollection<PredictionRow> rows) => RowWriter.WriteAsync(path, rows, Columns);

    /// <summary>Reads a file, in any order of rows and columns, and refuses values that cannot be meant; without a name for the model it takes the file's.</summary>
    /// <exception cref="TinySaverException">A column is missing or a value impossible; the message names file, row and value.</exception>
    public static async Task<PredictionSet> ReadAsync(string path, string? name, CancellationToken cancellationToken)
    {
        Table table = await TableFile.ReadAsync(path, cancellationToken);
        return Parse(table, name ?? Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Reads a table as predictions.</summary>
    /// <exception cref="TinySaverException">A column is missing or a value impossible.</exception>
    public static PredictionSet Parse(Table table, string name)
    {
        if (table.Rows.Count == 0)
            throw new TinySaverException($"{table.Source}: there are no predictions, only a header.");

        var cells = new CellReader(table);
        int id = table.Require("id");
        int classIndex = table.Require("class_index");
        int contentHash = table.Find("content_hash");
        string[] ids = [.. table.Rows.Select((r, i) => r[id] ?? throw new TinySaverException($"{table.Source}: data row {i + 1} has no id."))];
        if (ids.GroupBy(i => i, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
            throw new TinySaverException($"{table.Source}: the id '{repeated.Key}' occurs {repeated.Count()} times; each image has one row.");

        float[]? logits = cells.Logits();
        PredictionSet set = new(
            name,
            table.Source,
            ids,
            Labels: cells.Whole("label_index", absent: -1),
            Classes: cells.Whole("class_index", absent: null),
            Confidences(table, cells, logits),
            logits,
            Keys: [.. table.Rows.Select((r, i) => PredictionSet.KeyOf(ids[i], contentHash < 0 ? null : r[contentHash]))],
            LabelTextsOf(table, classIndex),
            cells.OneWhole("macs"),
            cells.Mean("milliseconds"),
            cells.OneText("model"),
            cells.OneText("model_hash"))
        {
            TopK = cells.TopK(),
            ListedClasses = (int?)cells.OneWhole("classes"),
        };
        return set.ListedClasses is { } listed && set.LeastClasses > listed
            ? throw new TinySaverException($"{table.Source}: the column 'classes' says {listed}, but the class index {set.LeastClasses - 1} occurs; expected more classes than the highest index.")
            : set;
    }

    private static Dictionary<ConfidenceMeasure, float[]> Confidences(Table table, CellReader cells, float[]? logits)
    {
        var confidences = new Dictionary<ConfidenceMeasure, float[]>();
        foreach (ConfidenceMeasure measure in ConfidenceMeasures.All)
        {
            string column = ColumnOf(measure);
            // A column that is empty throughout is as good as absent: `import` writes the same columns for every source.
            if (table.Find(column) is >= 0 and int index && table.Rows.Any(r => r[index] is not null))
                confidences[measure] = cells.Shares(column);
        }

        if (confidences.Count == 0 && logits is not null)
        {
            int classes = logits.Length / table.Rows.Count;
            foreach (ConfidenceMeasure measure in ConfidenceMeasures.All)
                confidences[measure] = PredictionSet.FromLogits(logits, classes, measure, temperature: 1);
        }

        return confidences;
    }

    /// <summary>The column of a measure's confidence: <c>max_probability</c>, <c>margin</c> or <c>entropy</c>.</summary>
    public static string ColumnOf(ConfidenceMeasure measure) => measure.Name().Replace('-', '_');

    private static Dictionary<int, string> LabelTextsOf(Table table, int classIndex)
    {
        var texts = new Dictionary<int, string>();
        Collect(classIndex, table.Find("class"));
        Collect(table.Find("label_index"), table.Find("label"));
        return texts;

        void Collect(int index, int text)
        {
            if (index < 0 || text < 0)
                return;

            foreach (string?[] row in table.Rows)
            {
                if (row[text] is not { } label || !int.TryParse(row[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    continue;

                if (!texts.TryAdd(number, label) && texts[number] != label)
                    throw new TinySaverException($"{table.Source}: the class index {number} stands beside '{texts[number]}' and beside '{label}'; an index has one text.");
            }
        }
    }
}
