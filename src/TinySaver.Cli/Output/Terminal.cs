using Spectre.Console;

namespace TinySaver.Cli.Output;

/// <summary>Where a command writes: results to standard output, everything else to standard error.</summary>
/// <remarks>Control characters in what is written are shown, not sent: names of files and texts of labels may be anybody's.</remarks>
internal sealed class Terminal
{
    // Piped output has no width of its own; a table that wraps at 80 columns is hard to read in a CI log.
    private const int PipedWidth = 160;

    /// <summary>The terminal on two consoles.</summary>
    /// <param name="results">The console on standard output.</param>
    /// <param name="progress">The console on standard error.</param>
    /// <param name="showsLiveProgress">Whether standard error is a terminal, so that a progress bar can redraw itself.</param>
    public Terminal(IAnsiConsole results, IAnsiConsole progress, bool showsLiveProgress)
    {
        (Results, Progress, ShowsLiveProgress) = (results, progress, showsLiveProgress);
        results.Pipeline.Attach(new VisibleText());
        progress.Pipeline.Attach(new VisibleText());
    }

    /// <summary>The console for results.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>The console for progress, warnings and errors.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether a progress bar can redraw itself.</summary>
    public bool ShowsLiveProgress { get; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        IAnsiConsole results = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Out) });
        IAnsiConsole progress = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsOutputRedirected)
            results.Profile.Width = PipedWidth;

        if (Console.IsErrorRedirected)
            progress.Profile.Width = PipedWidth;

        return new(results, progress, !Console.IsErrorRedirected);
    }

    /// <summary>Writes a line of plain text to standard output, markup characters and all.</summary>
    public void Show(string line) => Results.WriteLine(VisibleText.OneLine(line));

    /// <summary>Writes a line of plain text to standard error, markup characters and all.</summary>
    public void Say(string line) => Progress.WriteLine(VisibleText.OneLine(line));

    /// <summary>Writes an error for people to standard error.</summary>
    public void Error(string message) => Progress.MarkupLineInterpolated($"[red]error:[/] {VisibleText.OneLine(message)}");

    /// <summary>Writes a warning for people to standard error.</summary>
    public void Warn(string message) => Progress.MarkupLineInterpolated($"[yellow]warning:[/] {VisibleText.OneLine(message)}");
}
