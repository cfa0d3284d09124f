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

    private static readonly Argument<string> Folder = new("model folder") { Description = "A Hugging Face or timm image-classification folder with an ONNX file." };

    private static readonly Option<string?> OnnxFile = new("--onnx") { Description = "The ONNX file within the folder, where there is more than one.", HelpName = "file" };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("inspect", "Show a model's inputs, outputs, labels, preprocessing, compute and latency.")
    {
        Folder, OnnxFile, CommonOptions.Provider, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        InspectedModel model = Inspect(
            arguments.GetValue(Folder)!, arguments.GetValue(OnnxFile), new() { ExecutionProvider = arguments.GetValue(CommonOptions.Provider) }, cancellationToken);
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), model, () => Show(terminal.Results, model));
        return Task.FromResult(ExitCode.Success);
    }

    private static InspectedModel Inspect(string path, string? onnxFile, OnnxClassifierOptions options, CancellationToken cancellationToken)
    {
        var folder = ModelFolder.Open(path, onnxFile);
        long start = Stopwatch.GetTimestamp();
        using var classifier = OnnxClassifier.Load(folder, options);
        double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ComputeCost cost = ComputeCostCounter.Count(folder);
        return new(
            Name: folder.Name,
            OnnxFile: folder.OnnxFile,
            ContentHash: folder.ContentHash,
            Input: classifier.InputDescription,
            Output: classifier.OutputDescription,
            Scores: classifier.ScoreKind.ToString().ToLowerInvariant(),
            FixedBatchSize: classifier.FixedBatchSize,
            Labels: folder.Labels.Texts,
            Preprocessing: [.. PreprocessingSteps.Describe(classifier.Preprocessing)],
            Macs: cost.Macs,
            UncountedOperators: cost.UncountedOperators,
            Parameters: cost.Parameters,
            ExecutionProvider: classifier.ExecutionProvider,
            MillisecondsAtBatch1: LatencyMeter.MedianMilliseconds(classifier, batchSize: 1, cancellationToken),
            MillisecondsAtBatch8: LatencyMeter.MedianMilliseconds(classifier, batchSize: 8, cancellationToken),
            LoadSeconds: loadSeconds);
    }

    private static void Show(IAnsiConsole console, InspectedModel model)
    {
        string labels = string.Join(", ", model.Labels.Take(MaxLabelsShown));
        int more = model.Labels.Count - MaxLabelsShown;
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        Row("Model", $"{model.Name} ({model.OnnxFile})");
        Row("Content hash", model.ContentHash);
        Row("Input", model.Input);
        Row("Output", $"{model.Output}: {model.Scores}");
        Row("Batch", model.FixedBatchSize is { } size ? $"fixed at {size} by the graph" : "any size");
        Row("Labels", $"{model.Labels.Count}: {labels}{(more > 0 ? $", … {more} more" : "")}");
        Row("Preprocessing", string.Join("\n", model.Preprocessing));
        Row("Compute", $"{Amounts.Macs(model.Macs)} MACs an image{(model.UncountedOperators.Count == 0 ? "" : $", without {string.Join(", ", model.UncountedOperators)}, which are not counted")}");
        Row("Parameters", Amounts.Macs(model.Parameters));
        Row("Latency", $"{Amounts.Number(model.MillisecondsAtBatch1, 2)} ms at batch 1, {Amounts.Number(model.MillisecondsAtBatch8, 2)} ms at batch 8 ({Amounts.Number(model.MillisecondsAtBatch8 / 8, 2)} ms an image), {model.ExecutionProvider}, one thread, without preprocessing");
        Row("Loading", Amounts.Seconds(model.LoadSeconds));
        console.Write(table);

        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
    }
}

/// <summary>What <c>tinysaver inspect</c> tells of a model folder; the object that <c>--json</c> prints.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="OnnxFile">The ONNX file.</param>
/// <param name="ContentHash">The content hash of the folder.</param>
/// <param name="Input">The input, as name, type and shape.</param>
/// <param name="Output">The output, as name, type and shape.</param>
/// <param name="Scores">What the output numbers are: <c>logits</c> or <c>probabilities</c>.</param>
/// <param name="FixedBatchSize">The batch size that the graph fixes; null where any runs.</param>
/// <param name="Labels">The labels in order of their index.</param>
/// <param name="Preprocessing">The preprocessing, step by step.</param>
/// <param name="Macs">Multiply-accumulate operations for one image.</param>
/// <param name="UncountedOperators">Operators of the graph whose work is not in <see cref="Macs"/> because nobody taught the tool to count them; empty as a rule.</param>
/// <param name="Parameters">Weights.</param>
/// <param name="ExecutionProvider">The execution provider that the latencies were measured with.</param>
/// <param name="MillisecondsAtBatch1">Median milliseconds of one run at batch 1, one thread, without preprocessing.</param>
/// <param name="MillisecondsAtBatch8">Median milliseconds of one run at batch 8, one thread, without preprocessing.</param>
/// <param name="LoadSeconds">Seconds to load the session.</param>
internal sealed record InspectedModel(
    string Name, string OnnxFile, string ContentHash, string Input, string Output, string Scores, int? FixedBatchSize,
    IReadOnlyList<string> Labels, IReadOnlyList<string> Preprocessing, long Macs, IReadOnlyList<string> UncountedOperators,
    long Parameters, string ExecutionProvider, double MillisecondsAtBatch1, double MillisecondsAtBatch8, double LoadSeconds);
