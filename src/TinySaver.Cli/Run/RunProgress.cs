using System.Diagnostics;
using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Cli.Upload;
using TinySaver.Pipeline.Hosting;
using TinySaver.Reports;

namespace TinySaver.Cli.Run;

/// <summary>The numbers that a run shows while it works.</summary>
internal sealed class RunProgress(LocalProgress pipeline, Uploader upload, int total)
{
    // Long enough to even out batches, short enough to show a change.
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private readonly Queue<(long At, long Done)> _samples = new();
    private long _queueDepth;
    private int _already;

    /// <summary>The rows written.</summary>
    public LocalProgress Pipeline => pipeline;

    /// <summary>The files uploaded so far, those that were there included, of how many; a dash for none.</summary>
    public string Uploaded => total > 0 ? $"{upload.Done:N0}/{total:N0}" : "–";

    /// <summary>Images that had their row from an earlier run.</summary>
    public int Already => Volatile.Read(ref _already);

    /// <summary>Images that failed.</summary>
    public long Failed => pipeline.Failed + upload.Failed.Count;

    /// <summary>Images that this process has brought to their end.</summary>
    public long Ended => pipeline.LabelledByTiny + pipeline.LabelledByLarge + pipeline.Failed + pipeline.Gone;

    /// <summary>Escalations in the queue when it was last asked.</summary>
    public long QueueDepth
    {
        get => Interlocked.Read(ref _queueDepth);
        set => Interlocked.Exchange(ref _queueDepth, value);
    }

    /// <summary>Counts an image that had its row.</summary>
    public void CountAlready() => Interlocked.Increment(ref _already);

    /// <summary>Recent images a second; called by one thread.</summary>
    public double Rate()
    {
        long now = Stopwatch.GetTimestamp();
        _samples.Enqueue((now, Ended));
        while (_samples.Count > 2 && Stopwatch.GetElapsedTime(_samples.Peek().At, now) > RateWindow)
            _samples.Dequeue();

        (long at, long done) = _samples.Peek();
        double seconds = Stopwatch.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (Ended - done) / seconds : 0;
    }
}

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
                    context.UpdateTarget(Table(progress));
            });
        }
        else
        {
            while (await Task.WhenAny(work, Task.Delay(LineInterval)) != work)
                terminal.Say(string.Join(", ", Cells(progress).Where(c => c.Value.Length > 0).Select(c => $"{c.Name} {c.Value}")));
        }

        await work;
    }

    private static Spectre.Console.Table Table(RunProgress progress)
    {
        Table table = new Spectre.Console.Table().Border(TableBorder.Rounded);
        (string Name, string Value)[] cells = [.. Cells(progress)];
        foreach ((string name, _) in cells)
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());

        return table.AddRow([.. cells.Select(c => Markup.Escape(c.Value))]);
    }

    private static IEnumerable<(string Name, string Value)> Cells(RunProgress p)
    {
        string already = p.Already > 0 ? $" ({p.Already:N0} labelled before)" : "";
        yield return ("uploaded", p.Uploaded + already);
        yield return ("labelled by tiny", $"{p.Pipeline.LabelledByTiny:N0}");
        yield return ("escalated", $"{p.Pipeline.Escalated:N0}");
        yield return ("labelled by large", $"{p.Pipeline.LabelledByLarge:N0}");
        yield return ("failed", $"{p.Failed:N0}");
        yield return ("images/s", Amounts.Number(p.Rate(), 0));
        yield return ("queue depth", $"{p.QueueDepth:N0}");
        if (p.Pipeline.Retries > 0)
            yield return ("retries", $"{p.Pipeline.Retries:N0}");
    }
}
