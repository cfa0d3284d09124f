using System.Collections.Concurrent;
using System.CommandLine;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Cli.Retry;

/// <summary><c>tinysaver retry</c>: puts images back into the pipeline.</summary>
internal static class RetryCommand
{
    private const int MostAtOnce = 16;
    private const int MaxGoneShown = 20;

    private static readonly Argument<string[]> Names = new("names") { Description = "Blob names, batch first.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<bool> Failed = new("--failed") { Description = "Images whose row says that they failed; with --batch, those of the batch." };

    private static readonly Option<string?> Batch = new("--batch", "-b") { Description = "All images of this batch, whatever their rows say.", HelpName = "name" };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("retry", "Put images back into the pipeline by writing them again, unchanged: each gets a new version, and that a new row. "
            + "Exit code 0: all put back; 1: some are no longer there, or have names that cannot be asked for; 2: nothing could be done; 130: stopped by Ctrl-C or SIGTERM.")
        {
            Names, Failed, Batch, AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        };
        command.Validators.Add(result =>
        {
            bool names = result.GetValue(Names) is { Length: > 0 };
            bool choice = result.GetValue(Failed) || result.GetValue(Batch) is not null;
            if (names == choice)
                result.AddError("Say which images: their names, or --failed, --batch NAME, or both of these.");
        });
        return command.Running(terminal, RunAsync);
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        ILookup<bool, string> chosen = (await ChooseAsync(account, arguments, cancellationToken)).ToLookup(BlobNames.IsOutOfReach);
        string[] names = [.. chosen[false]];
        foreach (string name in chosen[true])
            terminal.Warn($"'{name}' is passed over: it {BlobNames.Problem(name)}.");

        var patience = new StoragePatience(terminal, account);
        var gone = new ConcurrentBag<string>();
        int done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        Task work = Parallel.ForEachAsync(names, parallel, async (name, token) =>
        {
            if (await patience.TryAsync($"Putting '{name}' back", attempt => account.Images.WriteAnewAsync(name, attempt), token) is null)
                gone.Add(name);

            Interlocked.Increment(ref done);
        });
        bool cancelled = await ProgressReporter.ShowUntilStoppedAsync(
            terminal, "Putting back", names.Length, () => Volatile.Read(ref done), () => $"{gone.Count:N0} gone", work, cancellationToken);
        foreach (string name in gone.Order(StringComparer.Ordinal).Take(MaxGoneShown))
            terminal.Warn($"'{name}' is no longer in the container.");

        int resubmitted = done - gone.Count;
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), new { Images = names.Length, resubmitted, Gone = gone.Count, cancelled }, () =>
        {
            terminal.Results.WriteLine($"{resubmitted:N0} of {names.Length:N0} images put back into the pipeline of {account.Name}.");
            if (account.IsOwn && resubmitted > 0)
                terminal.Say("Nothing labels them yet: `tinysaver run` does.");
        });
        bool all = gone.IsEmpty && !(arguments.GetValue(Names) is { Length: > 0 } && chosen[true].Any());
        return cancelled ? ExitCode.Cancelled : all ? ExitCode.Success : ExitCode.SomeFailed;
    }

    private static async Task<List<string>> ChooseAsync(StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        string? batch = arguments.GetValue(Batch)?.Trim('/');
        var names = new List<string>(arguments.GetValue(Names)!.Select(BlobNames.Normalize));
        if (arguments.GetValue(Failed))
        {
            await foreach (StoredRow row in account.Labels.QueryAsync(new LabelQuery(batch, LabelStatus.Failed), cancellationToken))
                names.Add(row.Row.Name);
        }
        else if (batch is not null)
        {
            await foreach (ListedImage image in account.Images.ListAsync(batch + "/", cancellationToken))
                names.Add(image.Name);
        }

        return names;
    }
}
