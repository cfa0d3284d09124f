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

    private static readonly Option<string?> Out = new("--out", "-o") { Description = "Write one row an image to this file: .csv, .jsonl or .parquet.", HelpName = "file" };

    private static readonly Option<bool> Compare = new("--compare") { Description = "Also run the large model alone on every image, for its time, its accuracy and the agreement." };

    private static readonly Option<int> LargeBatch = new Option<int>("--large-batch")
    {
        Description = "How many escalated images a thread gathers before it runs the large model.",
        HelpName = "n",
        DefaultValueFactory = _ => CascadeRunOptions.DefaultLargeBatchSize,
    }.Takes(CommonOptions.AtLeastOne, n => n >= 1);

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("classify", "Label images with a tiny and a large model, and say what the cascade saved. "
        + "Where a folder's name is one of the labels it counts as the truth for the images in it, and the accuracy is shown. "
        + "Exit code 0: all labelled; 1: some images failed; 2: nothing could be run; 130: stopped by Ctrl-C or SIGTERM.")
    {
        Images, CommonOptions.Policy, Out, CommonOptions.PlainCsv, CommonOptions.Threads, LargeBatch, CommonOptions.Provider, Compare, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string? outPath = arguments.GetValue(Out);
        RowWriter.Check(outPath);
        string policyPath = CommonOptions.FindPolicy(arguments);
        IReadOnlyList<ImageFile> images = await ImageFinder.FindAsync(arguments.GetValue(Images)!, cancellationToken);
        ExecutionProvider provider = arguments.GetValue(CommonOptions.Provider);
        using Cascade cascade = CascadeLoader.Load(policyPath, new CascadeOptions
        {
            SaverOptions = new() { ExecutionProvider = provider },
            LargeOptions = new() { ExecutionProvider = provider },
        });

        var options = new CascadeRunOptions(arguments.GetValue(CommonOptions.Threads), arguments.GetValue(LargeBatch));
        if (arguments.GetValue(Compare))
        {
            // Whoever runs first pays for compiling the shared code, and small runs would be compared by that.
            await new CascadeRun(cascade, [images[0]], options).RunAsync(cancellationToken);
            await new CascadeRun(cascade, [images[0]], options with { LargeOnly = true }).RunAsync(cancellationToken);
        }

        var run = new CascadeRun(cascade, images, options);
        (IReadOnlyList<ImageOutcome> outcomes, double seconds) = await TimeAsync("Labelling", run, () => $"{run.Escalated:N0} escalated, {run.Failed:N0} failed");
        LargeOnlyRun? largeOnly = null;
        if (arguments.GetValue(Compare) && !cancellationToken.IsCancellationRequested)
        {
            (IReadOnlyList<ImageOutcome> alone, double secondsAlone) = await TimeAsync(
                "Large model alone", new CascadeRun(cascade, images, options with { LargeOnly = true }), () => "");
            largeOnly = cancellationToken.IsCancellationRequested ? null : new(outcomes, alone, secondsAlone);
        }

        if (outPath is not null)
            await RowWriter.WriteAsync(outPath, outcomes, ImageOutcome.Columns, arguments.GetValue(CommonOptions.PlainCsv));

        bool cancelled = cancellationToken.IsCancellationRequested;
        ClassifySummary summary = ClassifySummary.Of(cascade, outcomes, seconds, run.Times, largeOnly, cancelled) with { Labels = outPath };
        return SummaryView.Write(terminal, summary, outcomes, arguments.GetValue(CommonOptions.Json), cancelled);

        async Task<(IReadOnlyList<ImageOutcome> Outcomes, double Seconds)> TimeAsync(string title, CascadeRun timed, Func<string> note)
        {
            var watch = Stopwatch.StartNew();
            Task<IReadOnlyList<ImageOutcome>> work = timed.RunAsync(cancellationToken);
            await ProgressReporter.ShowAsync(terminal, title, images.Count, () => timed.Done, note, work);
            return (await work, watch.Elapsed.TotalSeconds);
        }
    }
}
