using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Costs;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Viewer;

namespace TinySaver.Cli.View;

/// <summary><c>tinysaver view</c>: a page on this machine to watch, browse and review.</summary>
internal static class ViewCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("view", "Serve a page on this machine, and only to it, on which the images of an account are watched, browsed, tried at other thresholds and reviewed. "
        + "Exit code 2: it could not be served; 130: stopped by Ctrl-C or SIGTERM, as it is meant to end.")
    {
        AccountOptions.Storage, AccountOptions.Data, ViewOptions.Port, ViewOptions.Open, ViewOptions.ReadOnly, ViewOptions.Reviewer, CommonOptions.Policy, CommonOptions.Prices,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        var money = MoneySettings.Read(arguments.GetValue(CommonOptions.Prices));
        (ViewerOptions Options, bool Open) view = ViewOptions.Of(arguments);
        await using StorageAccount account = await StorageAccount.OpenAsync(
            terminal, arguments.GetValue(AccountOptions.Storage), DataFolder.Of(arguments.GetValue(AccountOptions.Data)), create: false, cancellationToken, serves: true);
        await using ServiceProvider services = PipelineHost.Create(terminal, account, await PolicyAsync(account, arguments, cancellationToken), Environment.ProcessorCount);
        await using ViewerServer server = await ViewHost.StartAsync(terminal, account, services, view, money, cancellationToken);
        if (account.IsOwn && !view.Options.ReadOnly)
            terminal.Say("Nothing labels what is uploaded there: `tinysaver run --watch --view` does.");

        try
        {
            await account.Ended.WaitAsync(cancellationToken);
            throw StorageAccount.OwnEnded();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
    }

    // The named one, else the account's own, else the one that a run on this machine would take.
    private static async Task<string?> PolicyAsync(StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(CommonOptions.Policy) is { } named)
            return named;

        if (await account.Policies.ReadPointerAsync(cancellationToken) is not null || await account.Policies.ReadAsync(account.Policies.UnpublishedBlob, cancellationToken) is not null)
            return null;

        try
        {
            return CommonOptions.FindPolicy(arguments);
        }
        catch (TinySaverException)
        {
            // The page then says that no policy is known.
            return null;
        }
    }
}
