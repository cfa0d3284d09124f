using Microsoft.Extensions.Options;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Failures;
using TinySaver.Pipeline;

namespace TinySaver.Cli;

/// <summary>How the program ends where a command threw.</summary>
internal static class Ending
{
    /// <summary>The exit code, and the sentence to print where there is one; null where the error is a fault of the program, whose stack is wanted.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="stopped">Whether somebody has asked the program to stop. Without that a cancellation is a request that took too long.</param>
    public static (int ExitCode, string? Sentence)? Of(Exception error, bool stopped) => error switch
    {
        OperationCanceledException when stopped => (ExitCode.Cancelled, null),
        TinySaverException => (ExitCode.UserError, error.Message),
        OptionsValidationException wrong => (ExitCode.UserError, string.Join(' ', wrong.Failures)),
        _ when SettingName.Explain(error) is { } setting => (ExitCode.UserError, setting),
        _ when StorageErrors.Explain(error) is { } explained => (ExitCode.UserError, explained),

        // A full disk, a folder that may not be written: the system's sentence names the path.
        IOException or UnauthorizedAccessException => (ExitCode.UserError, error.Message),
        _ => null,
    };
}
