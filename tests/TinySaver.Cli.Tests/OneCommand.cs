using System.CommandLine;
using Spectre.Console;
using TinySaver.Cli.Output;

namespace TinySaver.Cli.Tests;

/// <summary>A command that runs in the tests' own process, for what needs no process to see.</summary>
internal static class OneCommand
{
    /// <summary>Runs it.</summary>
    /// <returns>Its exit code, and what it wrote to both outputs.</returns>
    public static async Task<(int ExitCode, string Text)> RunAsync(Func<Terminal, Command> command, params string[] arguments)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 1_000;
        int code = await command(new(console, console, showsLiveProgress: false)).Parse(arguments).InvokeAsync(
            new() { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (code, text.ToString());
    }
}
