using Spectre.Console;

namespace TinySaver.Cli.Output;

/// <summary>Where a command writes: results to standard output, everything else to standard error.</summary>
/// <param name="results">The console on standard output.</param>
/// <param name="progress">The console on standard error.</param>
/// <param name="showsLiveProgress">Whether standard error is a terminal, so that a progress bar can redraw itself.</param>
internal sealed class Terminal(IAnsiConsole results, IAnsiConsole progress, bool showsLiveProgress)
{
    // Piped output has no width of its own; a table that wraps at 80 columns is hard to read in a CI log.
    private const int PipedWidth = 160;

    /// <summary>The console for results.</summary>
    public IAnsiConsole Results => results;

    /// <summary>The console for progress, warnings and errors.</summary>
    public IAnsiConsole Progress => progress;

    /// <summary>Whether a progress bar can redraw itself.</summary>
    public bool ShowsLiveProgress => showsLiveProgress;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        IAnsiConsole results = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Out) });
        IAnsiConsole progress = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsOutputRedirected)
        {
            results.Profile.Width = PipedWidth;
        }

        if (Console.IsErrorRedirected)
        {
            progress.Profile.Width = PipedWidth;
        }

        return new(results, progress, !Console.IsErrorRedirected);
    }

    /// <summary>Writes a line of plain text to standard error, markup characters and all.</summary>
    public void Say(string line) => progress.WriteLine(line);

    /// <summary>Writes an error for people to standard error.</summary>
    public void Error(string message) => progress.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Writes a warning for people to standard error.</summary>
    public void Warn(string message) => progress.MarkupLineInterpolated($"[yellow]warning:[/] {message}");
}
