using System.CommandLine;
using System.Diagnostics;
using TinySaver.Cli.Images;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;

namespace TinySaver.Cli.Classify;

/// <summary><c>tinysaver classify</c>: labels images with a cascade in this process.</summary>
internal static class ClassifyCommand
{
    private static readonly Argument<string[]> Images = new("images")
    {
        Description = "Images, folders (searched through), globs in quotes, or a manifest: .csv or .parquet with the columns path and label (or class_index).",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Out = new("--out", "-o")
    {
        Description = "Write one row an image to this file: .csv, .jsonl or .parquet.",
        HelpName = "file",
    };

    private static readonly Option<bool> Compare = new("--compare")
    {
        Description = "Also run the large model alone on every image, for its time, its accuracy and the agreement.",
    };

    private static readonly Option<int> LargeBatch = new("--large-batch")
    {
        Description = "How many escalated images a thread gathers before it runs the large model.",
        HelpName = "n",
        DefaultValueFactory = _ => new CascadeRunOptions().LargeBatchSize,
    };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        LargeBatch.Takes(CommonOptions.AtLeastOne, n => n >= 1);
        var command = new Command("classify", "Label images with a tiny and a large model, and say what the cascade saved. "
            + "Where a folder's name is one of the labels it counts as the truth for the images in it, and the accuracy is shown. "
            + "Exit code 0: all labelled; 1: some images failed; 2: nothing could be run; 130: stopped by Ctrl-C or SIGTERM.")
        {
            Images, CommonOptions.Policy, Out, CommonOptions.PlainCsv, CommonOptions.Threads, LargeBatch, CommonOptions.Provider, Compare, CommonOptions.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(terminal, result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string? outPath = arguments.GetValue(Out);
        if (outPath is not null)
            RowWriter.Check(outPath);

        string policyPath = PolicyFinder.Find(arguments.GetValue(CommonOptions.Policy));
        IReadOnlyList<ImageFile> images = await ImageFinder.FindAsync(arguments.GetValue(Images)!, cancellationToken);
        ExecutionProvider provider = arguments.GetValue(CommonOptions.Provider);
        using Cascade cascade = CascadeLoader.Load(policyPath, new CascadeOptions
        {
            SaverOptions = new() { ExecutionProvider = provider },
            LargeOptions = new() { ExecutionProvider = provider },
        });

        var options = new CascadeRunOptions
        {
            Threads = arguments.GetValue(CommonOptions.Threads),
            LargeBatchSize = arguments.GetValue(LargeBatch),
        };
        if (arguments.GetValue(Compare))
        {
            // Whoever runs first pays for compiling the shared code, and small runs would be compared by that.
            await new CascadeRun(cascade, [images[0]], options).RunAsync(cancellationToken);
            await new CascadeRun(cascade, [images[0]], options with { LargeOnly = true }).RunAsync(cancellationToken);
        }

        var run = new CascadeRun(cascade, images, options);
        var watch = Stopwatch.StartNew();
        IReadOnlyList<ImageOutcome> outcomes = await ProgressReporter.ShowAsync(
            terminal, "Labelling", images.Count, () => run.Done, () => $"{run.Escalated:N0} escalated, {run.Failed:N0} failed", run.RunAsync(cancellationToken));
        double seconds = watch.Elapsed.TotalSeconds;

        LargeOnlyRun? largeOnly = null;
        if (arguments.GetValue(Compare) && !cancellationToken.IsCancellationRequested)
            largeOnly = await RunLargeOnlyAsync(terminal, cascade, images, outcomes, options, cancellationToken);

        if (outPath is not null)
            await RowWriter.WriteAsync(outPath, outcomes, ImageOutcome.Columns, arguments.GetValue(CommonOptions.PlainCsv));

        bool cancelled = cancellationToken.IsCancellationRequested;
        ClassifySummary summary = ClassifySummary.Of(cascade, outcomes, seconds, run.Times, largeOnly, cancelled) with { Labels = outPath };
        if (arguments.GetValue(CommonOptions.Json))
            JsonOutput.Write(summary);
        else
            SummaryView.Write(terminal, summary, outcomes);

        return cancelled ? ExitCode.Cancelled : summary.Failed > 0 ? ExitCode.SomeFailed : ExitCode.Success;
    }

    private static async Task<LargeOnlyRun?> RunLargeOnlyAsync(
        Terminal terminal, Cascade cascade, IReadOnlyList<ImageFile> images, IReadOnlyList<ImageOutcome> outcomes, CascadeRunOptions options, CancellationToken cancellationToken)
    {
        var run = new CascadeRun(cascade, images, options with { LargeOnly = true });
        var watch = Stopwatch.StartNew();
        IReadOnlyList<ImageOutcome> alone = await ProgressReporter.ShowAsync(
            terminal, "Large model alone", images.Count, () => run.Done, () => "", run.RunAsync(cancellationToken));
        double seconds = watch.Elapsed.TotalSeconds;
        return cancellationToken.IsCancellationRequested ? null : new(outcomes, alone, seconds);
    }
}
