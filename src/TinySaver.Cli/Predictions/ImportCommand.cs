using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Cli.Predictions;

/// <summary><c>tinysaver import</c>: brings predictions made elsewhere into the documented columns.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = new("table") { Description = "A .csv or .parquet file with one row an image." };
    private static readonly Option<string> Id = Column("--id", "The column that identifies the image.", required: true);
    private static readonly Option<string> Prediction = Column("--prediction", "The column of the predicted class: an index, or a text.", required: true);
    private static readonly Option<string> Label = Column("--label", "The column of the true class: an index, or a text.", required: false);

    private static readonly Option<string>[] Confidences =
        [.. ConfidenceMeasures.All.Select(m => Column($"--{m.Name()}", $"The column of the confidence by {m.Name()}: {m.Formula()}.", required: false))];

    private static readonly Option<long?> Macs = new Option<long?>("--macs")
    {
        Description = "What the model costs an image, a whole number in any unit that all models share.",
        HelpName = "number",
    }.Takes(CommonOptions.AtLeastOne, n => n >= 1);

    private static readonly Option<string[]> Classes = new("--classes")
    {
        Description = "The class texts in order of their index, where the columns hold texts: --classes cat,dog,fox; texts that have commas or blanks themselves one by one: --classes 'red fox' 'dog, wild'.",
        HelpName = "texts",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string> Out = new("--out", "-o") { Description = "The predictions file to write: .parquet or .csv.", HelpName = "file", Required = true };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("import", "Bring predictions made elsewhere into the columns that search and evaluate read (docs/predictions.md). "
        + "Example: tinysaver import ferplus.csv --id sample --label label --prediction GitHub_CNN_pred --max-probability GitHub_CNN_conf --macs 1 --out tiny.csv")
    {
        Source, Id, Prediction, Label,
    }.Running(terminal, RunAsync, [.. Confidences, Macs, Classes, Out]);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string path = arguments.GetRequiredValue(Out);
        RowWriter.Check(path);
        Pipeline.Tables.Table table = await TableFile.ReadAsync(arguments.GetRequiredValue(Source), cancellationToken);
        string[] classes = ClassTexts(arguments.GetValue(Classes) ?? []);
        Func<string?[], string?> id = Cell(Id);
        Func<string?[], string?> prediction = Cell(Prediction);
        Func<string?[], string?> label = Cell(Label);
        Func<string?[], string?>[] confidences = [.. Confidences.Select(Cell)];
        long? macs = arguments.GetValue(Macs);
        PredictionRow[] rows = [.. table.Rows.Select((row, i) => new PredictionRow
        {
            Id = id(row) ?? throw new TinySaverException($"{table.Source}: data row {i + 1} has no id."),
            LabelIndex = ClassOf(label(row), i),
            Label = TextOf(label(row)),
            ClassIndex = ClassOf(prediction(row), i) ?? throw new TinySaverException($"{table.Source}: data row {i + 1} has no prediction."),
            Class = TextOf(prediction(row)),
            Confidences = [.. confidences.Select(cell => Share(cell(row), i))],
            Macs = macs,
        })];
        await PredictionFile.WriteAsync(path, rows);

        // Reading it back refuses what the row-wise checks above cannot see, such as an id that occurs twice.
        PredictionSet set = await PredictionFile.ReadAsync(path, null, cancellationToken);
        terminal.Results.WriteLine($"{set.Count:N0} predictions in {path}.");
        return ExitCode.Success;

        Func<string?[], string?> Cell(Option<string> option)
        {
            if (arguments.GetValue(option) is not { } column)
                return _ => null;

            int index = table.Require(column);
            return row => row[index];
        }

        string? TextOf(string? cell) => classes.Length > 0 ? cell : null;

        int? ClassOf(string? cell, int row)
        {
            if (cell is null)
                return null;

            int index = Array.IndexOf(classes, cell);
            return index >= 0 || (classes.Length == 0 && int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out index))
                ? index
                : throw new TinySaverException(classes.Length == 0
                    ? $"{table.Source}: data row {row + 1} has the class '{cell}'; expected an index, or give the texts in order with --classes."
                    : $"{table.Source}: data row {row + 1} has the class '{cell}', which is none of --classes ({string.Join(", ", classes)}).");
        }

        float? Share(string? cell, int row) => cell is null
            ? null
            : float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value is >= 0 and <= 1
                ? value
                : throw new TinySaverException($"{table.Source}: data row {row + 1} has the confidence '{cell}'; expected a number from 0 to 1.");
    }

    /// <summary>The texts that an option names: one value is a list, divided at its commas or else at its blanks; several are the texts themselves.</summary>
    /// <exception cref="TinySaverException">A text occurs twice.</exception>
    internal static string[] ClassTexts(string[] values)
    {
        string[] texts = values is [var list]
            ? list.Split(list.Contains(',', StringComparison.Ordinal) ? ',' : ' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : values;
        return texts.GroupBy(t => t, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated
            ? throw new TinySaverException($"--classes has '{repeated.Key}' {repeated.Count()} times; a text is one class.")
            : texts;
    }

    private static Option<string> Column(string name, string description, bool required) =>
        new(name) { Description = description, HelpName = "column", Required = required };
}
