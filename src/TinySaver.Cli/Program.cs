using System.CommandLine;
using System.Runtime.InteropServices;
using TinySaver.Cli;
using TinySaver.Cli.Classify;
using TinySaver.Cli.Doctor;
using TinySaver.Cli.Evaluate;
using TinySaver.Cli.Inspect;
using TinySaver.Cli.Jobs;
using TinySaver.Cli.Output;
using TinySaver.Cli.Plan;
using TinySaver.Cli.Policies;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Recalibrate;
using TinySaver.Cli.Results;
using TinySaver.Cli.Retry;
using TinySaver.Cli.Run;
using TinySaver.Cli.Search;
using TinySaver.Cli.Status;
using TinySaver.Cli.Upload;
using TinySaver.Cli.View;

var terminal = Terminal.OfProcess();
var root = new RootCommand("TinySaver: image classification that spends large-model compute only where it pays. "
    + "A tiny model labels what it is confident about; the rest goes to a large model.")
{
    RunCommand.Create(terminal),
    ClassifyCommand.Create(terminal),
    UploadCommand.Create(terminal),
    ResultsCommand.Create(terminal),
    StatusCommand.Create(terminal),
    RetryCommand.Create(terminal),
    ViewCommand.Create(terminal),
    DoctorCommand.Create(terminal),
    PolicyCommand.Create(terminal),
    JobCommand.Create(terminal),
    InspectCommand.Create(terminal),
    PredictCommand.Create(terminal),
    ImportCommand.Create(terminal),
    SearchCommand.Create(terminal),
    EvaluateCommand.Create(terminal),
    RecalibrateCommand.Create(terminal),
    PlanCommand.Create(terminal),
};

// A command that is asked to stop ends by itself, with what it has done written, however long that takes.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
try
{
    // Exceptions are told apart below, and signals taken above.
    ParseResult parsed = root.Parse(args);
    int code = await parsed.InvokeAsync(
        new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Error = new VisibleWriter(Console.Error) }, stop.Token);
    return parsed.Errors.Count > 0 ? ExitCode.UserError : code;
}
catch (Exception error) when (Ending.Of(error, stop.IsCancellationRequested) is { } end)
{
    if (end.Sentence is { } sentence)
        terminal.Error(sentence);

    return end.ExitCode;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
