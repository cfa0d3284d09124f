namespace TinySaver.Cli;

/// <summary>The exit codes of the <c>tinysaver</c> command.</summary>
internal static class ExitCode
{
    /// <summary>Everything that was asked for was done.</summary>
    public const int Success = 0;

    /// <summary>The command ran to its end, but some images failed, or a promise did not hold.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command could not run: arguments, files, models or a policy that cannot be used.</summary>
    public const int UserError = 2;

    /// <summary>Stopped by Ctrl-C; what was done so far is written.</summary>
    public const int Cancelled = 130;
}
