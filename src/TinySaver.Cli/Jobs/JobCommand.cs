using System.CommandLine;
using System.Security.Cryptography;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Cli.Jobs;

/// <summary><c>tinysaver job</c>: labels what is already stored.</summary>
internal static class JobCommand
{
    private static readonly Argument<string?> Prefix = new("prefix")
    {
        Description = "What the names of the images begin with, such as a batch and a slash; \"\" for all. Or else --manifest.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string> Name = new("name") { Description = "The job's name." };

    private static readonly Option<string?> Manifest = new("--manifest", "-m")
    {
        Description = "A file that names the images: .csv or .parquet with a column name or path, .jsonl with a name or an object a line, or a report of Azure Blob Inventory.",
        HelpName = "file",
    };

    private static readonly Option<string?> Id = new("--name", "-n") { Description = "The job's name: letters, digits, dashes and underscores. Default: made of the time.", HelpName = "name" };

    private static readonly Option<string> Overwrite = new("--overwrite")
    {
        Description = "Which images are labelled anew: missing, those without a row of their present version and policy; or all.",
        DefaultValueFactory = _ => JobOverwrite.Missing.Name(),
    };

    private static readonly Option<string> Format = new("--format") { Description = "The form of the result files in the account.", DefaultValueFactory = _ => JobFormat.JsonLines.Name() };

    private static readonly Option<double?> FailAfter = new("--fail-after") { Description = "Stop the job when more than this share of its images fails, in percent.", HelpName = "percent" };

    private static readonly Option<bool> Wait = new("--wait", "-w") { Description = "Wait until the job is finished and show how far it is; Ctrl-C ends the waiting, not the job." };

    private static readonly Option<string> Out = new("--out", "-o") { Description = "Write the rows to this file: .csv, .jsonl or .parquet.", HelpName = "file", Required = true };

    static JobCommand()
    {
        Overwrite.AcceptOnlyFromAmong([.. EnumNames.All<JobOverwrite>()]);
        Format.AcceptOnlyFromAmong([.. EnumNames.All<JobFormat>()]);
    }

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var submit = new Command("submit", "Begin a job. Exit code 0: begun, or with --wait finished; 1: some images failed; 2: it could not be begun, or stopped before its end; 130: the waiting was stopped.")
        {
            Prefix, Manifest, Id, Overwrite, Format, FailAfter, Wait,
        };
        submit.SetAction((result, token) => UseAsync(terminal, result, create: true, account => SubmitAsync(terminal, account, result, token), token));
        var list = new Command("list", "Show all jobs.") { CommonOptions.Json };
        list.SetAction((result, token) => UseAsync(terminal, result, create: false, account => ListAsync(terminal, account, result, token), token));
        var show = new Command("show", "Show where a job stands. Exit code 0: shown; 1: some of its images failed; 2: there is no such job, or it stopped before its end.") { Name, CommonOptions.Json };
        show.SetAction((result, token) => UseAsync(
            terminal, result, create: false, async account => JobView.Show(terminal, await FindAsync(account, result, token), result.GetValue(CommonOptions.Json)), token));
        var cancel = new Command("cancel", "Stop a job: nothing new is begun for it, and what is labelled stays.") { Name };
        cancel.SetAction((result, token) => UseAsync(terminal, result, create: false, account => CancelAsync(terminal, account, result, token), token));
        var results = new Command("results", "Write a finished job's rows to a file, in the order of its images.") { Name, Out, CommonOptions.PlainCsv };
        results.SetAction((result, token) => UseAsync(terminal, result, create: false, async account =>
        {
            string path = result.GetValue(Out)!;
            RowWriter.Check(path);
            StoredJob job = await FindAsync(account, result, token);
            long rows = await JobExport.WriteAsync(account.JobFiles, job, path, result.GetValue(CommonOptions.PlainCsv), token);
            terminal.Say($"{rows:N0} rows written to {path}");
            return ExitCode.Success;
        }, token));
        var command = new Command("job", "Label what is already stored, by batch jobs. `tinysaver run --watch` works on them here, the tiny app in Azure.") { submit, list, show, cancel, results };
        foreach (Command sub in command.Subcommands)
        {
            sub.Options.Add(AccountOptions.Storage);
            sub.Options.Add(AccountOptions.Data);
        }

        return command;
    }

    private static async Task<int> UseAsync(Terminal terminal, ParseResult arguments, bool create, Func<StorageAccount, Task<int>> act, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create, cancellationToken);
        return await account.UseAsync(() => act(account), cancellationToken);
    }

    private static async Task<int> SubmitAsync(Terminal terminal, StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        JobDesk desk = account.JobDesk;
        string id = arguments.GetValue(Id) ?? desk.NewId();
        string? file = arguments.GetValue(Manifest);
        if (file is null == arguments.GetValue(Prefix) is null)
            throw new TinySaverException("Say which images: a prefix of their names (\"\" for all), or --manifest FILE.");

        if (file is not null && !File.Exists(file))
            throw new TinySaverException($"There is no file '{file}'.");

        bool wait = arguments.GetValue(Wait);
        if (wait && account.IsOwn)
            throw new TinySaverException("Nothing works on jobs here, so there is nothing to wait for; start `tinysaver run --watch` first.");

        var request = new JobRequest(id)
        {
            Prefix = arguments.GetValue(Prefix),
            Manifest = file is null ? null : await ManifestNameAsync(id, file, cancellationToken),
            Format = EnumNames.Parse<JobFormat>(arguments.GetValue(Format)!),
            Overwrite = EnumNames.Parse<JobOverwrite>(arguments.GetValue(Overwrite)!),
            FailAfterPercent = arguments.GetValue(FailAfter),
        };

        // What is wrong with it is said here, not by a failed job.
        request = JobJson.Read(JobJson.Write(request));
        await account.EnsureCreatedAsync(cancellationToken);
        if (file is not null)
        {
            await using FileStream manifest = File.OpenRead(file);
            await account.JobFiles.TryUploadManifestAsync(request.Manifest!, manifest, cancellationToken);
        }

        await desk.SubmitAsync(request, cancellationToken);
        terminal.Say($"Job '{id}' is submitted.{(account.IsOwn ? " `tinysaver run --watch` works on it." : "")}");
        if (!wait)
        {
            terminal.Show(id);
            return ExitCode.Success;
        }

        StoredJob job = await JobView.WaitAsync(terminal, account.Jobs, id, cancellationToken);
        return JobView.Show(terminal, job, json: false);
    }

    // By what it holds, so that two lists under one name are two manifests, and the job has the one that it was begun with.
    private static async Task<string> ManifestNameAsync(string id, string file, CancellationToken cancellationToken)
    {
        await using FileStream content = File.OpenRead(file);
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        return $"{id}-{hash[..8]}{Path.GetExtension(file).ToLowerInvariant()}";
    }

    private static async Task<int> ListAsync(Terminal terminal, StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        List<JobRow> jobs = await account.Jobs.ListAsync(cancellationToken).ToListAsync(cancellationToken);
        JobView.List(terminal, [.. jobs.OrderByDescending(j => j.SubmittedAt)], arguments.GetValue(CommonOptions.Json));
        return ExitCode.Success;
    }

    private static async Task<int> CancelAsync(Terminal terminal, StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        StoredJob job = await FindAsync(account, arguments, cancellationToken);
        job = (await account.JobDesk.CancelAsync(job.Row.Id, cancellationToken))!;
        if (job.Row.State != JobState.Cancelled)
            throw new TinySaverException($"The job '{job.Row.Id}' has ended already: it is {job.Row.State.Name()}.");

        terminal.Say($"Job '{job.Row.Id}' is cancelled; what is labelled stays.");
        return ExitCode.Success;
    }

    private static async Task<StoredJob> FindAsync(StorageAccount account, ParseResult arguments, CancellationToken cancellationToken)
    {
        string id = arguments.GetValue(Name)!;
        return await account.Jobs.GetAsync(id, cancellationToken) ?? throw new TinySaverException($"There is no job '{id}'; `tinysaver job list` shows those that there are.");
    }
}
