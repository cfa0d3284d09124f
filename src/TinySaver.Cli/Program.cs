using System.CommandLine;
using Microsoft.Extensions.Options;
using TinySaver.Cli;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Classify;
using TinySaver.Cli.Evaluate;
using TinySaver.Cli.Inspect;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Results;
using TinySaver.Cli.Retry;
using TinySaver.Cli.Run;
using TinySaver.Cli.Search;
using TinySaver.Cli.Status;
using TinySaver.Cli.Upload;
using TinySaver.Core.Failures;

Terminal terminal = Terminal.OfProcess();
var root = new RootCommand("TinySaver: image classification that spends large-model compute only where it pays. "
    + "A tiny model labels what it is confident about; the rest goes to a large model.")
{
    RunCommand.Create(terminal),
    ClassifyCommand.Create(terminal),
    UploadCommand.Create(terminal),
    ResultsCommand.Create(terminal),
    StatusCommand.Create(terminal),
    RetryCommand.Create(terminal),
    InspectCommand.Create(terminal),
    PredictCommand.Create(terminal),
    ImportCommand.Create(terminal),
    SearchCommand.Create(terminal),
    EvaluateCommand.Create(terminal),
};

try
{
    // Exceptions are told apart below. Ctrl-C has no time limit: a command ends by itself, with what it has done written.
    ParseResult parsed = root.Parse(args);
    int code = await parsed.InvokeAsync(new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
        Error = new VisibleWriter(Console.Error),
    });
    return parsed.Errors.Count > 0 ? ExitCode.UserError : code;
}
catch (TinySaverException error)
{
    terminal.Error(error.Message);
    return ExitCode.UserError;
}
catch (OperationCanceledException)
{
    return ExitCode.Cancelled;
}
catch (OptionsValidationException error)
{
    terminal.Error(string.Join(' ', error.Failures));
    return ExitCode.UserError;
}
catch (Exception error) when (StorageErrors.Explain(error) is { } explained)
{
    terminal.Error(explained);
    return ExitCode.UserError;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    // A file that cannot be read or written, a full disk: the message names it.
    terminal.Error(error.Message);
    return ExitCode.UserError;
}
