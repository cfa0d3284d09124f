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

    private static readonly Option<int> Parallel = new("--parallel")
    {
        Description = "How many images are uploaded at once.",
        HelpName = "n",
        DefaultValueFactory = _ => 16,
    };

    /// <summary>The first segment of the blob names.</summary>
    public static readonly Option<string?> Batch = new("--batch", "-b")
    {
        Description = "The first part of the blob names, by which results lists them. Default: the folder's own name.",
        HelpName = "name",
    };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Batch.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } batch && batch.Trim('/').Length == 0)
                result.AddError("--batch is empty; give a name, or leave it out for the folder's own.");
        });
        Parallel.Takes(CommonOptions.AtLeastOne, n => n >= 1);
        var command = new Command("upload", "Upload images to the pipeline's container; what is there with the same content is passed over, so a broken upload is simply run again. "
            + "Exit code 0: all uploaded; 1: some files could not be read; 2: nothing could be run; 130: stopped by Ctrl-C or SIGTERM.")
        {
            Images, Batch, AccountOptions.Storage, AccountOptions.Data, Parallel, CommonOptions.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(terminal, result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<UploadItem> items = await UploadPlan.FindAsync(arguments.GetValue(Images)!, arguments.GetValue(Batch), cancellationToken);
        await using StorageAccount account = await StorageAccount.OpenAsync(
            terminal, arguments.GetValue(AccountOptions.Storage), DataFolder.Of(arguments.GetValue(AccountOptions.Data)), create: true, cancellationToken);
        await account.EnsureCreatedAsync(cancellationToken);
        Dictionary<string, ListedImage> present = await Uploader.ListAsync(account.Images, UploadPlan.Batches(items), cancellationToken);
        var uploader = new Uploader(account.Images, arguments.GetValue(Parallel), new StoragePatience(terminal, account));
        var watch = Stopwatch.StartNew();
        bool cancelled = await ProgressReporter.ShowAsync(
            terminal, "Uploading", items.Count, () => uploader.Done, () => $"{uploader.Skipped:N0} there already, {uploader.Failed.Count:N0} failed", UploadAsync());
        var summary = new UploadSummary(
            items.Count, uploader.Uploaded, uploader.Skipped, uploader.Failed.Count, uploader.Bytes, watch.Elapsed.TotalSeconds, UploadPlan.Batches(items), cancelled);
        Show(terminal, summary, uploader, account, arguments.GetValue(CommonOptions.Json));
        return cancelled ? ExitCode.Cancelled : summary.Failed > 0 ? ExitCode.SomeFailed : ExitCode.Success;

        async Task<bool> UploadAsync()
        {
            try
            {
                await uploader.RunAsync(items, present, (_, _) => Task.CompletedTask, cancellationToken);
                return false;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return true;
            }
        }
    }

    private static void Show(Terminal terminal, UploadSummary summary, Uploader uploader, StorageAccount account, bool json)
    {
        foreach (UploadOutcome failed in uploader.Failed.Take(MaxFailuresShown))
            terminal.Warn($"{failed.Item.File.Path}: {failed.Failure!.Message} ({failed.Failure.Reason.Name()})");

        if (uploader.Failed.Count > MaxFailuresShown)
            terminal.Say($"… and {uploader.Failed.Count - MaxFailuresShown} more.");

        if (json)
        {
            JsonOutput.Write(summary);
            return;
        }

        terminal.Results.WriteLine(
            $"{summary.Uploaded:N0} uploaded, {summary.Skipped:N0} there already, {summary.Failed:N0} failed: {Amounts.Number(summary.Bytes / 1e6, 1)} MB in {Amounts.Seconds(summary.Seconds)} to {account.Name}, batch {string.Join(", ", summary.Batches)}.");
        if (account.IsOwn)
            terminal.Say("Nothing labels them yet: `tinysaver run` does.");
    }
}

/// <summary>What an upload came to; the object that <c>--json</c> prints.</summary>
/// <param name="Images">Files that were found.</param>
/// <param name="Uploaded">Files that were uploaded.</param>
/// <param name="Skipped">Files whose content was there already under their name.</param>
/// <param name="Failed">Files that cannot be read.</param>
/// <param name="Bytes">Bytes that were uploaded.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
/// <param name="Batches">The batches that the images lie in.</param>
/// <param name="Cancelled">Whether it was stopped before its end.</param>
internal sealed record UploadSummary(
    int Images, int Uploaded, int Skipped, int Failed, long Bytes, double Seconds, IReadOnlyList<string> Batches, bool Cancelled);
