using System.Globalization;
using System.Text.Json;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Images;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Predictions;

/// <summary>Writes lists of images to review, and reads them back when a person has filled in labels.</summary>
internal static class ReviewFile
{
    /// <summary>Writes the images of a review list, in its order.</summary>
    public static Task WriteAsync(string path, ReviewList list, PredictionSet large, IReadOnlyList<string> texts) => RowWriter.WriteAsync(
        path,
        [.. list.Items.Select(i => new Row(large.Ids[i.Row], i.Saver, i.Answer, texts.ElementAtOrDefault(i.Answer), i.Large, texts.ElementAtOrDefault(i.Large), i.Confidence, i.Saves))],
        Column<Row>.OfProperties(JsonNamingPolicy.SnakeCaseLower));

    /// <summary>The labels of a set with those of a file in their place; rows without one are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="set">The predictions whose images it is about.</param>
    /// <param name="texts">The texts of all classes; null for those that the predictions know.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TinySaverException">A column is missing, or a row names no image of the set or no class; the message names the row.</exception>
    public static async Task<int[]> ReadAsync(string path, PredictionSet set, IReadOnlyList<string>? texts, CancellationToken cancellationToken)
    {
        Table table = await TableFile.ReadAsync(path, cancellationToken);
        int id = table.Find("id") is >= 0 and int found ? found : table.Require("path");
        int label = table.Find("label");
        int classIndex = label < 0 ? table.Require("class_index") : table.Find("class_index");
        int classes = texts?.Count ?? (set.Logits is null ? set.ListedClasses : set.LogitClasses) ?? int.MaxValue;
        texts ??= set.Texts;
        var truth = new TrueClass(texts);
        var images = set.Ids.Index().ToDictionary(i => i.Item, i => i.Index, StringComparer.Ordinal);
        var reviewed = new Dictionary<int, int>();
        for (int i = 0; i < table.Rows.Count; i++)
        {
            string?[] row = table.Rows[i];
            string? text = Cell(row, label);
            string? number = Cell(row, classIndex);
            if (text is null && number is null)
                continue;

            string where = $"{path}: data row {i + 1}";
            string name = row[id] ?? throw new TinySaverException($"{where} has a label but does not say of which image; fill in {table.Columns[id]}.");
            if (!images.TryGetValue(name, out int image))
                throw new TinySaverException($"{where} labels '{name}', which is none of the {set.Count} images of {set.Source}; give a review of these images.");

            int answer = number is null ? truth.Of(new(where, name, text, FromManifest: true))!.Value : Index(number, where);
            if (number is not null && text is not null && answer < texts.Count && !texts[answer].Equals(text, StringComparison.OrdinalIgnoreCase))
                throw new TinySaverException($"{where} says class_index {answer}, which is '{texts[answer]}', and label '{text}'; give one of them.");
            if (!reviewed.TryAdd(image, answer) && reviewed[image] != answer)
                throw new TinySaverException($"{where} says class {answer} of '{name}', a row before it {reviewed[image]}; an image has one label.");
        }

        return [.. set.Labels.Select((known, i) => reviewed.GetValueOrDefault(i, known))];

        int Index(string number, string where) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < classes
            ? index
            : throw new TinySaverException($"{where} has the class_index '{number}'; expected a whole number {(classes == int.MaxValue ? "from 0" : $"from 0 to {classes - 1}")}.");
    }

    private static string? Cell(string?[] row, int column) => column < 0 || string.IsNullOrWhiteSpace(row[column]) ? null : row[column]!.Trim();

    /// <summary>One line of a review list; its properties in snake case are the columns.</summary>
    private sealed record Row(
        string Path, string Saver, int SaverIndex, string? SaverClass, int LargeIndex, string? LargeClass, float Confidence, double Saves,
        string? Label = null, int? ClassIndex = null);
}
