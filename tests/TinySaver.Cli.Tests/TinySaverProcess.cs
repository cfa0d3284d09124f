using System.Diagnostics;

namespace TinySaver.Cli.Tests;

/// <summary>Runs the built <c>tinysaver</c> program as a user would, in a process of its own.</summary>
internal static class TinySaverProcess
{
    public sealed record Result(int ExitCode, string Output, string Errors);

    public static async Task<Result> RunAsync(string? workingFolder, params string[] arguments)
    {
        using Process process = Start(workingFolder, arguments);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new(process.ExitCode, await output, await errors);
    }

    public static Process Start(string? workingFolder, params string[] arguments) => StartBy([], workingFolder, arguments);

    /// <summary>Starts the program by others, each of which takes the rest of the command line as its arguments.</summary>
    public static Process StartBy(IReadOnlyList<string> starters, string? workingFolder, params string[] arguments)
    {
        string[] line = [.. starters, "dotnet", typeof(ExitCode).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = workingFolder ?? RepositoryPaths.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A test runner's own output redirection must not decide how wide tables are.
            Environment = { ["NO_COLOR"] = "1" },
        };
        // What a developer's shell names is not for tests to write to.
        start.Environment.Remove("AZURE_STORAGE_CONNECTION_STRING");
        return Process.Start(start)!;
    }
}
