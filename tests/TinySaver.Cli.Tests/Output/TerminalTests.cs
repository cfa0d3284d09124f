using Spectre.Console;
using TinySaver.Cli.Output;

namespace TinySaver.Cli.Tests.Output;

public sealed class TerminalTests : IDisposable
{
    // What a file may be called: it sets the window's title, rings, clears the screen in eight bits, and turns the line around.
    private const string Evil = "\u001b]0;owned\u0007\u009b2Ja\u202egpj.exe\u007f";

    private readonly StringWriter _output = new();
    private readonly Terminal _terminal;

    public TerminalTests()
    {
        // With colours: what the console itself commands must still arrive.
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(_output), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard });
        console.Profile.Width = 160;
        _terminal = new(console, console, showsLiveProgress: false);
    }

    public void Dispose() => _output.Dispose();

    [Fact]
    public void FactTable_TextThatLooksLikeMarkup_IsShownAsItIs()
    {
        _terminal.Results.Write(FactTable.Of([("[red]name", "[1]", "[blue]remark[/]")]));

        Assert.All((string[])["[red]name", "[1]", "[blue]remark[/]"], text => Assert.Contains(text, _output.ToString()));
    }

    [Fact]
    public void Error_ControlCharacters_AreShownAndNotSent()
    {
        _terminal.Error($"'{Evil}' is no image.");

        Assert.Contains("\u001b[91merror:\u001b[0m", _output.ToString());
        Assert.Contains("'␛]0;owned␇\uFFFD2Ja\uFFFDgpj.exe␡' is no image.", _output.ToString());
    }

    [Theory]
    [InlineData("say")]
    [InlineData("warn")]
    [InlineData("error")]
    [InlineData("show")]
    [InlineData("table")]
    [InlineData("markup")]
    public void Anything_ControlCharacters_AreShownAndNotSent(string way)
    {
        switch (way)
        {
            case "say": _terminal.Say(Evil); break;
            case "warn": _terminal.Warn(Evil); break;
            case "error": _terminal.Error(Evil); break;
            case "show": _terminal.Show(Evil); break;
            case "table": _terminal.Results.Write(new Spectre.Console.Table().AddColumn("a").AddRow(Markup.Escape(Evil))); break;
            default: _terminal.Progress.MarkupLineInterpolated($"[yellow]failed[/] {Evil}"); break;
        }

        string text = _output.ToString();
        Assert.Contains("owned", text);
        Assert.DoesNotContain("\u001b]", text);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain('\u009b', text);
        Assert.DoesNotContain('\u202e', text);
    }

    [Fact]
    public void Warn_LineBreakInAName_StaysOneLine()
    {
        _terminal.Warn("'a.jpg\nerror: all is lost' cannot be read.");
        Assert.Single(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void VisibleWriter_Rows_KeepTheirLinesOnly()
    {
        var writer = new VisibleWriter(_output) { NewLine = "\r\n" };
        writer.WriteLine("a,\u001b[2J,b\tc");
        writer.Write(['\u0007', '1', '\n'], 0, 2);
        writer.Write('\u001b');
        Assert.Equal("a,␛[2J,b\tc\r\n␇1␛", _output.ToString());
    }
}
