using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Images;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Inference.Models;
using TinySaver.Pipeline.Tables;
using TinySaver.Reports;

namespace TinySaver.Cli.Predictions;

/// <summary><c>tinysaver predict</c>: records a model's predictions for a data set.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> Model = new("--model", "-m") { Description = "The model folder.", HelpName = "folder", Required = true };

    private static readonly Option<string> Data = new("--data", "-d")
    {
        Description = "The data set: a folder with one subfolder a class, or a manifest (.csv, .parquet) with the columns path and label.",
        HelpName = "path",
        Required = true,
    };

    private static readonly Option<string> Out = new("--out", "-o") { Description = "The predictions file to write: .parquet or .csv.", HelpName = "file", Required = true };

    private static readonly Option<bool> Logits = new("--logits") { Description = "Record all logits too; fitting a temperature needs them." };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("predict", "Record a model's predictions for a data set; docs/predictions.md has the columns. "
        + "An interrupted run goes on where it stopped. Images that cannot be read are skipped and listed in <out>.skipped.csv.")
    {
        Model, Data, Out, Logits, CommonOptions.Threads, CommonOptions.Provider, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string path = arguments.GetRequiredValue(Out);
        RowWriter.Check(path);
        if (!TableFile.IsTable(path))
            throw new TinySaverException($"'{path}': predictions are written as .parquet or .csv.");

        string data = arguments.GetRequiredValue(Data);
        var folder = ModelFolder.Open(arguments.GetRequiredValue(Model));
        IReadOnlyList<ImageFile> images = await DataSet.ReadAsync(data, cancellationToken);
        PredictionRecorder.Outcome outcome = await PredictionRecorder.RecordAsync(
            terminal, folder, data, images, path, new(arguments.GetValue(Logits), arguments.GetValue(CommonOptions.Threads), arguments.GetValue(CommonOptions.Provider)), triesSkippedAgain: false, cancellationToken);
        if (outcome.Skipped.Count > 0)
        {
            string skipped = path + ".skipped.csv";
            await RowWriter.WriteAsync(skipped, outcome.Skipped, Column<SkippedImage>.OfProperties(JsonNamingPolicy.CamelCase));
            terminal.Warn($"{outcome.Skipped.Count:N0} images could not be predicted; {skipped} says why.");
        }

        if (!outcome.Finished)
        {
            terminal.Warn($"stopped after {outcome.Recorded:N0} of {images.Count:N0} images; the same command goes on from there.");
            return ExitCode.Cancelled;
        }

        PredictionSet set = await PredictionFile.ReadAsync(path, folder.Name, cancellationToken);
        double? accuracy = set.Labelling == Labelling.All ? set.Labels.Zip(set.Classes).Count(p => p.First == p.Second) / (double)set.Count : null;
        var summary = new { Predictions = path, Samples = set.Count, outcome.Resumed, Skipped = outcome.Skipped.Count, accuracy, set.Macs, MillisecondsPerImage = set.Milliseconds };
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), summary, () => terminal.Results.WriteLine(
            $"{set.Count:N0} predictions of {folder.Name} in {path}; accuracy {Amounts.Percent(accuracy, 2)}, {Amounts.Macs(set.Macs)} MACs, {Amounts.Number(set.Milliseconds ?? 0, 2)} ms an image."));
        return outcome.Skipped.Count > 0 ? ExitCode.SomeFailed : ExitCode.Success;
    }
}
