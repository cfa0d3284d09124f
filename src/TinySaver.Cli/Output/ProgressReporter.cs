using System.Diagnostics;
using Spectre.Console;
using TinySaver.Reports;

namespace TinySaver.Cli.Output;

/// <summary>Shows how far a piece of work is: a bar on a terminal, a line now and then when piped.</summary>
internal static class ProgressReporter
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);

    // A log reader wants to see that it moves, not a thousand lines.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Awaits work while showing on standard error how many of its items are done, and a short remark or an empty one; no text is markup.</summary>
    public static async Task ShowAsync(Terminal terminal, string title, int total, Func<int> done, Func<string> note, Task work)
    {
        if (terminal.ShowsLiveProgress)
        {
            await terminal.Progress.Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1));
                    while (!work.IsCompleted)
                    {
                        task.Value = done();
                        task.Description = Markup.Escape($"{title} {done():N0}/{total:N0}{Note(note)}");
                        await Task.WhenAny(work, Task.Delay(Redraw));
                    }
                });
        }
        else
        {
            var watch = Stopwatch.StartNew();
            while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
            {
                double rate = done() / watch.Elapsed.TotalSeconds;
                string left = rate > 0 ? $", {Amounts.Duration(TimeSpan.FromSeconds((total - done()) / rate))} left" : "";
                terminal.Say($"{title} {done():N0}/{total:N0}{Note(note)}, {rate:N0}/s{left}");
            }
        }

        await work;
    }

    /// <summary>The same for work that may be stopped.</summary>
    /// <returns>Whether it was.</returns>
    public static async Task<bool> ShowUntilStoppedAsync(
        Terminal terminal, string title, int total, Func<int> done, Func<string> note, Task work, CancellationToken cancellationToken)
    {
        try
        {
            await ShowAsync(terminal, title, total, done, note, work);
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private static string Note(Func<string> note) => note() is { Length: > 0 } text ? $" ({text})" : "";
}
