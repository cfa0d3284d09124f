using System.Reflection;

namespace TinySaver.Cli;

/// <summary>What to say of this run in files that outlive it.</summary>
internal static class CommandLines
{
    /// <summary>The tool's version.</summary>
    public static string Version { get; } =
        typeof(CommandLines).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>The command line of this process as one would type it: <c>tinysaver search --large …</c>.</summary>
    public static string OfProcess() => string.Join(' ', ["tinysaver", .. Environment.GetCommandLineArgs().Skip(1).Select(Quote)]);

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "-_./=,:+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
