using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Images;
using TinySaver.Reports;

namespace TinySaver.Cli.Upload;

/// <summary><c>tinysaver upload</c>: uploads images for a pipeline that runs somewhere.</summary>
internal static class UploadCommand
{
    // Past this many the terminal shows how many more there are.
    private const int MaxFailuresShown = 20;

    private static readonly Argument<string[]> Images = new("folder")
    {
        Description = "Folders (searched through), images, globs in quotes, or a manifest with the column path.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Parallel = new Option<int>("--parallel")
    {
        Description = "How many images are uploaded at once.",
        HelpName = "n",
        DefaultValueFactory = _ => 16,
    }.Takes(CommonOptions.AtLeastOne, n => n >= 1);

    /// <summary>The first segment of the blob names.</summary>
    public static readonly Option<string?> Batch = new("--batch", "-b")
    {
        Description = "The first part of the blob names, by which results lists them. Default: the folder's own name.",
        HelpName = "name",
    };

    static UploadCommand()
    {
        Batch.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } batch && batch.Trim('/').Length == 0)
                result.AddError("--batch is empty; give a name, or leave it out for the folder's own.");
        });
    }

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("upload", "Upload images to the pipeline's container; what is there with the same content is passed over, so a broken upload is simply run again. "
        + "Exit code 0: all uploaded; 1: some files could not be read; 2: nothing could be run; 130: stopped by Ctrl-C or SIGTERM.")
    {
        Images, Batch, AccountOptions.Storage, AccountOptions.Data, Parallel, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<UploadItem> items = await UploadPlan.FindAsync(arguments.GetValue(Images)!, arguments.GetValue(Batch), cancellationToken);
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: true, cancellationToken);
        await account.EnsureCreatedAsync(cancellationToken);
        Dictionary<string, ListedImage> present = await Uploader.ListAsync(account.Images, UploadPlan.Batches(items), cancellationToken);
        var uploader = new Uploader(account.Images, arguments.GetValue(Parallel), new StoragePatience(terminal, account));
        var watch = Stopwatch.StartNew();
        Task uploading = uploader.RunAsync(items, present, (_, _) => Task.CompletedTask, cancellationToken);
        bool cancelled = await ProgressReporter.ShowUntilStoppedAsync(
            terminal, "Uploading", items.Count, () => uploader.Done, () => $"{uploader.Skipped:N0} there already, {uploader.Failed.Count:N0} failed", uploading, cancellationToken);
        double seconds = watch.Elapsed.TotalSeconds;
        IReadOnlyList<string> batches = UploadPlan.Batches(items);
        foreach (UploadOutcome failed in uploader.Failed.Take(MaxFailuresShown))
            terminal.Warn($"{failed.Item.File.Path}: {failed.Failure!.Message} ({failed.Failure.Reason.Name()})");

        if (uploader.Failed.Count > MaxFailuresShown)
            terminal.Say($"… and {uploader.Failed.Count - MaxFailuresShown} more.");

        JsonOutput.WriteOr(
            arguments.GetValue(CommonOptions.Json),
            new { Images = items.Count, uploader.Uploaded, uploader.Skipped, Failed = uploader.Failed.Count, uploader.Bytes, seconds, batches, cancelled },
            () => Show(terminal, uploader, seconds, batches, account));
        return cancelled ? ExitCode.Cancelled : uploader.Failed.Count > 0 ? ExitCode.SomeFailed : ExitCode.Success;
    }

    private static void Show(Terminal terminal, Uploader uploader, double seconds, IReadOnlyList<string> batches, StorageAccount account)
    {
        terminal.Results.WriteLine(
            $"{uploader.Uploaded:N0} uploaded, {uploader.Skipped:N0} there already, {uploader.Failed.Count:N0} failed: {Amounts.Number(uploader.Bytes / 1e6, 1)} MB in {Amounts.Seconds(seconds)} to {account.Name}, batch {string.Join(", ", batches)}.");
        if (account.IsOwn)
            terminal.Say("Nothing labels them yet: `tinysaver run` does.");
    }
}
