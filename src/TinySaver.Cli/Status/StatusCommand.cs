using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Status;
using TinySaver.Reports;

namespace TinySaver.Cli.Status;

/// <summary><c>tinysaver status</c>: where the images stand.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("status", "Show how many images are labelled, by which model, how many wait and for how long, and what failed recently. "
        + "Exit code 0: shown; 2: nothing could be read.")
    {
        AccountOptions.Storage, AccountOptions.Data, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        var reader = new StatusReader(account.Name, account.Images, account.Labels, account.Escalations, TimeProvider.System, account.Watches);
        StatusReport report = terminal.ShowsLiveProgress
            ? await terminal.Progress.Status().StartAsync("Reading rows and images …", _ => reader.ReadAsync(cancellationToken))
            : await reader.ReadAsync(cancellationToken);
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), report, () => StatusView.Write(terminal, report));
        return ExitCode.Success;
    }
}

/// <summary>Shows a status to a person.</summary>
internal static class StatusView
{
    /// <summary>Writes the table and the latest failures.</summary>
    public static void Write(Terminal terminal, StatusReport report)
    {
        terminal.Results.Write(FactTable.Of(Lines(report)));
        foreach (RecentFailure failure in report.RecentFailures)
        {
            terminal.Show(
                $"{failure.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}  failed ({failure.Reason?.Name()})  {failure.Name}: {failure.Message}");
        }
    }

    private static IEnumerable<(string Name, string Value, string Remark)> Lines(StatusReport r)
    {
        yield return ("Images", $"{r.Images:N0}", r.Account);
        yield return ("Waiting for tiny", $"{r.WaitingForTiny:N0}", Oldest(r, Decider.Tiny));
        yield return ("Labelled by tiny", $"{r.LabelledByTiny:N0}", r.Degraded > 0 ? $"{r.Degraded:N0} degraded: accepted below the threshold under overload" : "");
        yield return ("Waiting for large", $"{r.WaitingForLarge:N0}", Join(Oldest(r, Decider.Large), r.QueueDepth is { } depth ? $"{depth:N0} messages" : ""));
        yield return ("Labelled by large", $"{r.LabelledByLarge:N0}", "");
        yield return ("Failed", $"{r.Failed:N0}", string.Join(", ", r.FailedByReason.Select(f => $"{f.Value:N0} {f.Key.Name()}")));
        if (r.DeadLetters > 0)
            yield return ("Dead letters", $"{r.DeadLetters:N0}", "given up, their failed rows not written yet");

        if (r.ShadowAnswers > 0)
            yield return ("Shadow answers", $"{r.ShadowAnswers:N0}", $"both models agree on {Amounts.Percent(r.ShadowAgreement)}");

        if (r.Guarantee is { } guarantee)
            yield return Line(guarantee);
    }

    private static (string Name, string Value, string Remark) Line(GuaranteeStatus guarantee)
    {
        string since = guarantee is { State: GuaranteeState.Broken or GuaranteeState.AtRisk, Since: { } at } ? at.UtcDateTime.ToString(" 'since' yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "";
        return ("Guarantee", guarantee.State.Name().Replace('-', ' ') + since, $"policy {guarantee.Policy}: {guarantee.Message}");
    }

    private static string Oldest(StatusReport report, Decider model) => report.OldestWaiting is { } oldest && oldest.For == model
        ? $"the oldest for {Duration(oldest.Seconds)}: {oldest.Name}"
        : "";

    private static string Duration(double seconds) => seconds switch
    {
        < 120 => $"{Amounts.Number(seconds, 0)} s",
        < 7200 => $"{Amounts.Number(seconds / 60, 0)} min",
        < 172_800 => $"{Amounts.Number(seconds / 3600, 0)} h",
        _ => $"{Amounts.Number(seconds / 86_400, 0)} days",
    };

    private static string Join(params string[] parts) => string.Join("; ", parts.Where(p => p.Length > 0));
}
