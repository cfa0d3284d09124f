using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Models;
using TinySaver.Reports;

namespace TinySaver.Cli.Inspect;

/// <summary><c>tinysaver inspect</c>: says what a model folder holds and what the model costs.</summary>
internal static class InspectCommand
{
    // The terminal shows this many labels; --json has them all.
    private const int MaxLabelsShown = 12;

    private static readonly Argument<string> Folder = new("model folder")
    {
        Description = "A Hugging Face or timm image-classification folder with an ONNX file.",
    };

    private static readonly Option<string?> OnnxFile = new("--onnx")
    {
        Description = "The ONNX file within the folder, where there is more than one.",
        HelpName = "file",
    };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("inspect", "Show a model's inputs, outputs, labels, preprocessing, compute and latency.")
        {
            Folder, OnnxFile, CommonOptions.Provider, CommonOptions.Json,
        };
        command.SetAction(result => Run(terminal, result));
        return command;
    }

    private static int Run(Terminal terminal, ParseResult arguments)
    {
        ModelReport report = Inspect(
            arguments.GetValue(Folder)!, arguments.GetValue(OnnxFile), new() { ExecutionProvider = arguments.GetValue(CommonOptions.Provider) });
        if (arguments.GetValue(CommonOptions.Json))
        {
            JsonOutput.Write(report);
        }
        else
        {
            Show(terminal.Results, report);
        }

        return ExitCode.Success;
    }

    private static ModelReport Inspect(string path, string? onnxFile, OnnxClassifierOptions options)
    {
        ModelFolder folder = ModelFolder.Open(path, onnxFile);
        long start = Stopwatch.GetTimestamp();
        using OnnxClassifier classifier = OnnxClassifier.Load(folder, options);
        double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ComputeCost cost = ComputeCostCounter.Count(folder);
        return new()
        {
            Name = folder.Name,
            OnnxFile = folder.OnnxFile,
            ContentHash = folder.ContentHash,
            Input = classifier.InputDescription,
            Output = classifier.OutputDescription,
            Scores = classifier.ScoreKind.ToString().ToLowerInvariant(),
            FixedBatchSize = classifier.FixedBatchSize,
            Labels = folder.Labels.Texts,
            Preprocessing = [.. PreprocessingSteps.Describe(classifier.Preprocessing)],
            Macs = cost.Macs,
            UncountedOperators = cost.UncountedOperators,
            Parameters = cost.Parameters,
            ExecutionProvider = classifier.ExecutionProvider,
            MillisecondsAtBatch1 = LatencyMeter.MedianMilliseconds(classifier, batchSize: 1),
            MillisecondsAtBatch8 = LatencyMeter.MedianMilliseconds(classifier, batchSize: 8),
            LoadSeconds = loadSeconds,
        };
    }

    private static void Show(IAnsiConsole console, ModelReport report)
    {
        string labels = string.Join(", ", report.Labels.Take(MaxLabelsShown));
        int more = report.Labels.Count - MaxLabelsShown;
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        Row("Model", $"{report.Name} ({report.OnnxFile})");
        Row("Content hash", report.ContentHash);
        Row("Input", report.Input);
        Row("Output", $"{report.Output}: {report.Scores}");
        Row("Batch", report.FixedBatchSize is { } size ? $"fixed at {size} by the graph" : "any size");
        Row("Labels", $"{report.Labels.Count}: {labels}{(more > 0 ? $", … {more} more" : "")}");
        Row("Preprocessing", string.Join("\n", report.Preprocessing));
        Row("Compute", $"{Amounts.Macs(report.Macs)} MACs an image{(report.UncountedOperators.Count == 0 ? "" : $", without {string.Join(", ", report.UncountedOperators)}, which are not counted")}");
        Row("Parameters", Amounts.Macs(report.Parameters));
        Row("Latency", $"{Amounts.Number(report.MillisecondsAtBatch1, 2)} ms at batch 1, {Amounts.Number(report.MillisecondsAtBatch8, 2)} ms at batch 8 ({Amounts.Number(report.MillisecondsAtBatch8 / 8, 2)} ms an image), {report.ExecutionProvider}, one thread, without preprocessing");
        Row("Loading", Amounts.Seconds(report.LoadSeconds));
        console.Write(table);

        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
    }
}
