using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Status;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Policies;

/// <summary><c>tinysaver policy</c>: which policies an account has, and which one its apps use.</summary>
internal static class PolicyCommand
{
    private static readonly Argument<string?> File = new("cascade.json")
    {
        Description = "The policy, its models beside it. Default: cascade.json or samples/cascade.json, here or in a folder above.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string?> Id = new("id")
    {
        Description = "The policy to go back to, as list shows it. Default: the one before the current one.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string?> Watched = new("id")
    {
        Description = "The policy whose watch begins anew. Default: the one that status tells of.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Verify policy and models, and change nothing." };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new("policy", "Publish policies to an account, list them, go back to an earlier one, and watch one anew. "
        + "Exit code 0: done; 2: it could not be done, and nothing has changed for the apps; 130: stopped by Ctrl-C or SIGTERM, likewise.")
    {
        new Command("list", "Show the policies that were published to an account, latest first.")
        {
            AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        }.Running(terminal, ListAsync),
        new Command("publish", "Verify a policy and its models, upload them, and make the policy the current one; the apps take it over within a minute.")
        {
            File, DryRun, AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        }.Running(terminal, PublishAsync),
        new Command("rollback", "Make an earlier policy the current one again; the apps take it over within a minute.")
        {
            Id, AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        }.Running(terminal, RollBackAsync),
        new Command("restart-watch", "Watch a policy's guarantee anew, once somebody has seen what its alarm was about and that is gone: only images that are audited from now on count.")
        {
            Watched, AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
        }.Running(terminal, RestartWatchAsync),
    };

    /// <summary>Who decides by a policy: "tiny ≥ 0.93, else large".</summary>
    public static string Deciders(CascadePolicy policy) => string.Join(", else ", policy.Savers
        .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Model.Name} ≥ {s.Threshold:0.####} ({s.Measure.Name()})")).Append(policy.Large.Name));

    private static async Task<int> ListAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        string? current = (await account.Policies.ReadPointerAsync(cancellationToken))?.Pointer.Current;
        PolicyLine[] lines =
        [
            .. (await account.Policies.ListAsync(cancellationToken)).Select(p => new PolicyLine(
                p.Id, p.PublishedAt, p.Policy is null ? null : Deciders(p.Policy), p.Policy?.Test?.ExitRate ?? p.Policy?.Calibration?.ExitRate, p.Id == current)),
        ];
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), lines, () => ShowList(terminal, account, lines));
        return ExitCode.Success;
    }

    private static void ShowList(Terminal terminal, StorageAccount account, PolicyLine[] lines)
    {
        if (lines.Length == 0)
            terminal.Say($"No policy was published to {account.Name}; its apps use cascade.json there, if it is.");

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("", "policy", "published", "who decides", "exit rate");
        foreach (PolicyLine line in lines)
        {
            string[] cells =
            [
                line.Current ? "current" : "", line.Id, line.PublishedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                line.Decides ?? "cannot be read by this version", line.ExitRate?.ToString("P1", CultureInfo.InvariantCulture) ?? "",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        terminal.Results.Write(table);
    }

    private static async Task<int> PublishAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        var publisher = new PolicyPublisher(CommonOptions.FindPolicy(arguments.GetValue(File)));
        CascadePolicy policy = publisher.Policy;
        if (arguments.GetValue(DryRun))
        {
            JsonOutput.WriteOr(
                arguments.GetValue(CommonOptions.Json), new PublishSummary(policy.Id, Previous: null, Bytes: 0),
                () => terminal.Show($"Policy {policy.Id} can be published: {Deciders(policy)}."));
            return ExitCode.Success;
        }

        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: true, cancellationToken);
        Show(terminal, arguments, await publisher.PublishAsync(account, terminal.Say, new StoragePatience(terminal, account), cancellationToken), policy, account);
        return ExitCode.Success;
    }

    private static async Task<int> RollBackAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        string id = arguments.GetValue(Id) ?? (await account.Policies.ReadPointerAsync(cancellationToken))?.Pointer.Previous
            ?? throw new TinySaverException($"{account.Name} has had no policy before the current one. `tinysaver policy list` shows all; name one.");
        PublishedPolicy wanted = (await account.Policies.ListAsync(cancellationToken)).FirstOrDefault(p => p.Id == id)
            ?? throw new TinySaverException($"{account.Name} has no policy '{id}'; `tinysaver policy list` shows those that it has.");
        CascadePolicy policy = wanted.Policy ?? throw new TinySaverException($"The policy '{id}' cannot be read by this version, nor by its apps.");
        if (await StoredModel.ProblemAsync(account.Models, policy, cancellationToken) is { } problem)
            throw new TinySaverException($"The apps could not use the policy '{id}': {problem}. Publish it anew with `tinysaver policy publish`.");

        PolicyPointer pointer = await account.Policies.PointToAsync(id, cancellationToken);
        Show(terminal, arguments, new(id, pointer.Previous, Bytes: 0), policy, account);
        return ExitCode.Success;
    }

    private static async Task<int> RestartWatchAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        string? id = arguments.GetValue(Watched);
        StoredWatch watch = (id is null
            ? await account.Watches.ListAsync(cancellationToken).MaxByAsync(w => w.LookedAt, cancellationToken: cancellationToken)
            : await account.Watches.GetAsync(id, cancellationToken))
            ?? throw new TinySaverException($"{account.Name} watches no policy{(id is null ? "" : $" '{id}'")}: no image of it was audited.");
        StoredWatch anew = watch.Restarted(DateTimeOffset.UtcNow, Environment.UserName);
        if (!await account.Watches.TryWriteAsync(anew, cancellationToken))
            throw new TinySaverException("New audits were looked at meanwhile; look at `tinysaver status`, and try again.");

        JsonOutput.WriteOr(
            arguments.GetValue(CommonOptions.Json), GuaranteeStatus.Of(anew),
            () => terminal.Show($"The guarantee of policy {watch.Policy} is watched anew. Before: {watch.Report.State.Name().Replace('-', ' ')}. {watch.Sentence}"));
        return ExitCode.Success;
    }

    private static void Show(Terminal terminal, ParseResult arguments, PublishSummary summary, CascadePolicy policy, StorageAccount account) =>
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), summary, () => terminal.Show(
            $"Policy {summary.Policy} is the current one of {account.Name}: {Deciders(policy)}. {(summary.Previous is { } before ? $"Before: {before}." : "It is the first.")}"));
}

/// <summary>One policy of an account; <c>--json</c> prints a list of them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="Decides">Who decides, for people; null where this version cannot read it.</param>
/// <param name="ExitRate">Share of images that exited at a saver when it was tested, or else calibrated; null where nobody measured.</param>
/// <param name="Current">Whether the apps use it.</param>
internal sealed record PolicyLine(string Id, DateTimeOffset PublishedAt, string? Decides, double? ExitRate, bool Current);
