using System.CommandLine;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;

namespace TinySaver.Cli.Status;

/// <summary><c>tinysaver status</c>: where the images stand.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("status", "Show how many images are labelled, by which model, how many wait and for how long, and what failed recently. "
            + "Exit code 0: shown; 2: nothing could be read.")
        {
            AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(terminal, result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await StorageAccount.OpenAsync(
            terminal, arguments.GetValue(AccountOptions.Storage), DataFolder.Of(arguments.GetValue(AccountOptions.Data)), create: false, cancellationToken);
        var reader = new StatusReader(account, TimeProvider.System);
        StatusReport report = terminal.ShowsLiveProgress
            ? await terminal.Progress.Status().StartAsync("Reading rows and images …", _ => reader.ReadAsync(cancellationToken))
            : await reader.ReadAsync(cancellationToken);
        if (arguments.GetValue(CommonOptions.Json))
        {
            JsonOutput.Write(report);
        }
        else
        {
            StatusView.Write(terminal, report);
        }

        return ExitCode.Success;
    }
}
