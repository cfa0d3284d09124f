using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Jobs;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Jobs;
using TinySaver.Reports;

namespace TinySaver.Cli.Jobs;

/// <summary>Shows jobs to a person, or to a program as JSON.</summary>
internal static class JobView
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows a job.</summary>
    /// <returns>The exit code.</returns>
    public static int Show(Terminal terminal, StoredJob job, bool json)
    {
        if (json)
            Console.Out.WriteLine(JobSummary.Write(job));
        else
            terminal.Results.Write(FactTable.Of(Lines(job)));

        return job.Row switch
        {
            { State: JobState.Failed or JobState.Cancelled } => ExitCode.UserError,
            _ => Counts(job).Failed > 0 ? ExitCode.SomeFailed : ExitCode.Success,
        };
    }

    /// <summary>Shows all jobs.</summary>
    public static void List(Terminal terminal, IReadOnlyList<JobRow> jobs, bool json) =>
        JsonOutput.WriteOr(json, jobs.Select(j => new { j.Id, j.State, j.Images, j.SubmittedAt, j.FinishedAt, j.Reason }), () => Write(terminal, jobs));

    private static void Write(Terminal terminal, IReadOnlyList<JobRow> jobs)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "State", "Images", "Submitted", "Finished", "Reason");
        foreach (JobRow job in jobs)
            table.AddRow(job.Id, job.State.Name(), $"{job.Images:N0}", Time(job.SubmittedAt), Time(job.FinishedAt), Markup.Escape(job.Reason ?? ""));

        terminal.Results.Write(table);
    }

    /// <summary>Waits for a job's end, and says meanwhile how far it is.</summary>
    public static async Task<StoredJob> WaitAsync(Terminal terminal, IJobStore jobs, string id, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan next = terminal.ShowsLiveProgress ? TimeSpan.Zero : LineInterval;
        StoredJob? job = null;
        if (terminal.ShowsLiveProgress)
            await terminal.Progress.Status().StartAsync("…", LoopAsync);
        else
            await LoopAsync(null);

        return job!;

        async Task LoopAsync(StatusContext? status)
        {
            while (job?.Row.FinishedAt is null)
            {
                try
                {
                    job = await jobs.GetAsync(id, cancellationToken) ?? job;
                }
                catch (Exception error) when (StorageErrors.IsTransient(error) && !cancellationToken.IsCancellationRequested)
                {
                    // The next look sees what this one did not.
                }

                if (status is not null && job is not null)
                {
                    status.Status(Markup.Escape(Line(job, watch.Elapsed)));
                }
                else if (job is not null && watch.Elapsed >= next)
                {
                    terminal.Say(Line(job, watch.Elapsed));
                    next = watch.Elapsed + LineInterval;
                }

                if (job?.Row.FinishedAt is null)
                    await Task.Delay(Poll, cancellationToken);
            }
        }
    }

    private static string Line(StoredJob job, TimeSpan elapsed)
    {
        JobCounts counts = Counts(job);
        double rate = counts.Images / elapsed.TotalSeconds;
        string left = job.Row.PlannedAt is not null && rate > 0 ? $", {Amounts.Duration(TimeSpan.FromSeconds((job.Row.Images - counts.Images) / rate))} left" : "";
        string exits = counts.ExitRate is { } exitRate ? $", exit rate {Amounts.Percent(exitRate)}" : "";
        return $"{job.Row.Id}: {job.Row.State.Name()}, {counts.Images:N0}/{job.Row.Images:N0} images{exits}, {counts.Failed:N0} failed, {counts.Waiting:N0} escalated, {Amounts.Number(rate, 0)}/s{left}";
    }

    private static IEnumerable<(string Name, string Value, string Remark)> Lines(StoredJob stored)
    {
        JobRow job = stored.Row;
        JobCounts counts = Counts(stored);
        yield return ("Job", job.Id, job.State.Name() + (job.Reason is { } reason ? $": {reason}" : ""));
        yield return ("Images", $"{job.Images:N0}", job.PlannedAt is null ? "so far" : "");
        yield return ("Labelled by tiny", $"{counts.Tiny:N0}", counts.ExitRate is { } exitRate ? $"exit rate {Amounts.Percent(exitRate)}" : "");
        yield return ("Labelled by large", $"{counts.Large:N0}", counts.Waiting > 0 ? $"{counts.Waiting:N0} more were escalated" : "");
        yield return ("Labelled before", $"{counts.Skipped:N0}", "");
        yield return ("Failed", $"{counts.Failed:N0}", string.Join(", ", counts.FailedByReason.Select(f => $"{f.Value:N0} {f.Key}")));
        yield return ("Not worked on", $"{job.Images - counts.Images:N0}", "");
        if (counts.ComputeSaved is { } saved)
            yield return ("Compute saved", Amounts.Percent(saved), "against the large model alone");

        if (counts.MoneySaved is { } dollars)
            yield return ("Money saved", $"{Amounts.Number(dollars, 2)} USD", "by the app's prices");

        yield return ("Submitted", Time(job.SubmittedAt), job.FinishedAt is { } end ? $"finished {Amounts.Number((end - job.SubmittedAt).TotalSeconds, 1)} s later" : "");
    }

    private static JobCounts Counts(StoredJob job) => job.Row.Counts ?? job.Counts;

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
