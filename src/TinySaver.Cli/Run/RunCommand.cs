using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Cli.Upload;
using TinySaver.Cli.View;
using TinySaver.Viewer;

namespace TinySaver.Cli.Run;

/// <summary><c>tinysaver run</c>: the whole pipeline on this machine.</summary>
internal static class RunCommand
{
    private static readonly Argument<string[]> Images = new("images")
    {
        Description = "Images, folders (searched through), globs in quotes, or a manifest: .csv or .parquet with the columns path and label. None: label what the container holds.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Out = new("--out", "-o")
    {
        Description = "Write one row an image to this file: .csv, .jsonl or .parquet. Default: labels.csv in the folder of --data.",
        HelpName = "file",
    };

    private static readonly Option<bool> Watch = new("--watch", "-w") { Description = "Keep running and label whatever anybody uploads, until Ctrl-C." };

    private static readonly Option<bool> View = new("--view") { Description = "With --watch: serve the page of `tinysaver view` beside it, on this machine only." };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Command command = CreateUnchecked(terminal);
        command.Validators.Add(result =>
        {
            if (result.GetValue(View) && !result.GetValue(Watch))
                result.AddError("--view needs --watch; afterwards `tinysaver view` shows the same page.");
        });
        return command;
    }

    private static Command CreateUnchecked(Terminal terminal) => new Command("run", "Run the whole pipeline on this machine: uploads the images to storage, labels them with both stages, and sums up. "
        + "Without --storage it starts Azurite, the Azure Storage emulator, which it installs on first use (needs Node.js). "
        + "Exit code 0: all labelled; 1: some images failed; 2: nothing could be run; 130: stopped by Ctrl-C or SIGTERM.")
    {
        Images, CommonOptions.Policy, UploadCommand.Batch, Watch, View, ViewOptions.Port, ViewOptions.Open, AccountOptions.Storage, AccountOptions.Data, Out, CommonOptions.PlainCsv, CommonOptions.Threads, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        var data = DataFolder.Of(arguments.GetValue(AccountOptions.Data));
        string? outPath = arguments.GetValue(Out);
        RowWriter.Check(outPath);
        string policyPath = CommonOptions.FindPolicy(arguments);
        IReadOnlyList<UploadItem> items = await UploadPlan.FindAsync(arguments.GetValue(Images)!, arguments.GetValue(UploadCommand.Batch), cancellationToken);
        if (outPath is null)
            Directory.CreateDirectory(data.FolderPath);

        await using StorageAccount account = await StorageAccount.OpenForRunAsync(terminal, arguments.GetValue(AccountOptions.Storage), data, cancellationToken);
        await using ServiceProvider services = PipelineHost.Create(terminal, account, policyPath, arguments.GetValue(CommonOptions.Threads));
        await using ViewerServer? viewer = arguments.GetValue(View)
            ? await ViewHost.StartAsync(terminal, account, services, ViewOptions.Of(arguments), Costs.MoneySettings.Read(null), cancellationToken)
            : null;
        var session = new RunSession(terminal, account, services, new StoragePatience(terminal, account), new(
            items, arguments.GetValue(Watch), outPath ?? data.LabelsPath, arguments.GetValue(CommonOptions.PlainCsv), arguments.GetValue(CommonOptions.Json)));
        return await account.UseAsync(() => session.RunAsync(cancellationToken), cancellationToken);
    }
}
