using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Reports;

namespace TinySaver.Cli.Run;

/// <summary>Shows a run at work: a table that redraws itself on a terminal, a line now and then when piped.</summary>
internal static class RunView
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows the numbers until the work is done.</summary>
    public static async Task ShowAsync(Terminal terminal, RunProgress progress, Task work)
    {
        if (terminal.ShowsLiveProgress)
        {
            await terminal.Progress.Live(Table(progress)).AutoClear(true).StartAsync(async context =>
            {
                while (await Task.WhenAny(work, Task.Delay(Redraw)) != work)
                {
                    context.UpdateTarget(Table(progress));
                }
            });
        }
        else
        {
            while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
            {
                terminal.Say(string.Join(", ", Cells(progress).Where(c => c.Value.Length > 0).Select(c => $"{c.Name} {c.Value}")));
            }
        }

        await work;
    }

    private static Spectre.Console.Table Table(RunProgress progress)
    {
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded);
        (string Name, string Value)[] cells = [.. Cells(progress)];
        foreach ((string name, _) in cells)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        }

        return table.AddRow([.. cells.Select(c => Markup.Escape(c.Value))]);
    }

    private static IEnumerable<(string Name, string Value)> Cells(RunProgress p)
    {
        string already = p.Already > 0 ? $" ({p.Already:N0} labelled before)" : "";
        yield return ("uploaded", (p.Total > 0 ? $"{p.Uploaded:N0}/{p.Total:N0}" : "–") + already);
        yield return ("labelled by tiny", $"{p.LabelledByTiny:N0}");
        yield return ("escalated", $"{p.Escalated:N0}");
        yield return ("labelled by large", $"{p.LabelledByLarge:N0}");
        yield return ("failed", $"{p.Failed:N0}");
        yield return ("images/s", Amounts.Number(p.Rate(), 0));
        yield return ("queue depth", $"{p.QueueDepth:N0}");
        if (p.Retries > 0)
        {
            yield return ("retries", $"{p.Retries:N0}");
        }
    }
}
