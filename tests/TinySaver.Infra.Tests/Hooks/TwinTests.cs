using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The hooks in PowerShell, which does not run here, against their twins in the POSIX shell, which do.</summary>
public sealed partial class TwinTests
{
    [Theory]
    [InlineData("upload-models")]
    [InlineData("subscribe-events")]
    public void Twins_CallTheSameCommands(string hook)
    {
        string[] posix = Commands($"{hook}.sh");

        Assert.NotEmpty(posix);
        Assert.Equal(posix, Commands($"{hook}.ps1"));
    }

    [Theory]
    [InlineData("upload-models")]
    [InlineData("subscribe-events")]
    public void Twins_TryAsOftenAndSayTheSame(string hook)
    {
        string[] posix = Texts($"{hook}.sh");

        Assert.NotEmpty(posix);
        Assert.Equal(posix, Texts($"{hook}.ps1"));
    }

    // The commands with their arguments; what differs between the shells is taken away: quotes, redirections, how a variable is written.
    private static string[] Commands(string file) => [.. Command().Matches(Script(file))
        .Select(m => m.Value)
        .Select(c => Redirection().Replace(c, ""))
        .Select(c => c.Replace("\"", "", StringComparison.Ordinal).TrimEnd(')', ' '))
        .Order(StringComparer.Ordinal)];

    // What people read, and the numbers of attempts.
    private static string[] Texts(string file) => [.. Text().Matches(Script(file))
        .Select(m => m.Groups["attempts"].Value + m.Groups["text"].Value)
        .Order(StringComparer.Ordinal)];

    private static string Script(string file) => Repository.Read("infra", "hooks", file);

    [GeneratedRegex(@"(?<![\w-])(az [a-z]+ [a-z]+ |dotnet run )[^\n]*?(?=\) \|\||\n| 2>| \|\|)")]
    private static partial Regex Command();

    [GeneratedRegex(@" 2>\S+")]
    private static partial Regex Redirection();

    [GeneratedRegex(@"(?:\b(?:say|fail|Say|Fail)|\b[rR]etry (?<attempts>\d+)) ""(?<text>[^""]*)""")]
    private static partial Regex Text();
}
