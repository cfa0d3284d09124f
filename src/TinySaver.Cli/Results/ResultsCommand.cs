using System.CommandLine;
using System.Runtime.CompilerServices;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Results;

/// <summary><c>tinysaver results</c>: reads the labels table.</summary>
internal static class ResultsCommand
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(2);

    private static readonly Argument<string[]> Names = new("names") { Description = "Blob names, batch first, to show these images only. Default: all.", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Batch = new("--batch", "-b") { Description = "Only images of this batch: the first part of their names.", HelpName = "name" };

    private static readonly Option<string?> Status = new("--status") { Description = "Only images with this status." };

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Keep running and show rows as they are written, those of the names that are given or all, until Ctrl-C; not with --out." };

    private static readonly Option<string> Format = new("--format") { Description = "How to write the rows; parquet needs --out.", DefaultValueFactory = _ => "table" };

    private static readonly Option<string?> Out = new("--out", "-o") { Description = "Write the rows to this file: .csv, .jsonl or .parquet.", HelpName = "file" };

    static ResultsCommand()
    {
        Status.AcceptOnlyFromAmong("labelled", "escalated", "failed");
        Format.AcceptOnlyFromAmong("table", "csv", "jsonl", "parquet");
    }

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("results", "Show the labels. Exit code 0: shown; 1: a name that was given has no row; 2: nothing could be read; 130: stopped by Ctrl-C or SIGTERM.")
    {
        Names, Batch, Status, Follow, Format, Out, CommonOptions.PlainCsv, AccountOptions.Storage, AccountOptions.Data,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string? outPath = arguments.GetValue(Out);
        string format = Check(arguments, outPath);
        bool plainCsv = arguments.GetValue(CommonOptions.PlainCsv);
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        var query = new LabelQuery(
            arguments.GetValue(Batch)?.Trim('/'),
            arguments.GetValue(Status) is { } status ? Enum.Parse<LabelStatus>(status, ignoreCase: true) : null);
        if (arguments.GetValue(Follow))
        {
            if (account.IsOwn)
                throw new TinySaverException("Nothing labels images here, so there is nothing to follow; start `tinysaver run --watch` first.");

            await using IRowSink<StoredRow> followed = ResultSinks.Create(terminal, format, following: true, plainCsv);
            await FollowAsync(() => Rows([]), followed, cancellationToken);
            return ExitCode.Cancelled;
        }

        List<string> missing = [];
        IAsyncEnumerable<StoredRow> rows = Rows(missing);
        if (outPath is not null)
        {
            long count = await RowWriter.WriteAsync(outPath, rows, ResultSinks.Columns, plainCsv, cancellationToken);
            terminal.Say($"{count:N0} rows written to {outPath}");
        }
        else
        {
            await using IRowSink<StoredRow> sink = ResultSinks.Create(terminal, format, following: false, plainCsv);
            await foreach (StoredRow row in rows)
                sink.Write(row);
        }

        missing.ForEach(name => terminal.Warn($"'{name}' has no row{(query == LabelQuery.All ? "" : " that matches")}."));
        return missing.Count > 0 ? ExitCode.SomeFailed : ExitCode.Success;

        IAsyncEnumerable<StoredRow> Rows(List<string> without) => arguments.GetValue(Names) is { Length: > 0 } names
            ? FindAsync(account.Labels, names, query, without, cancellationToken)
            : account.Labels.QueryAsync(query, cancellationToken);
    }

    private static string Check(ParseResult arguments, string? outPath)
    {
        string format = arguments.GetValue(Format)!;
        if (outPath is null)
            return format == "parquet" ? throw new TinySaverException("--format parquet is for files only; name one with --out rows.parquet.") : format;

        if (arguments.GetValue(Follow))
            throw new TinySaverException("--follow never ends, so it cannot write a file: leave --out away, or send the output to one with --format csv or jsonl.");

        RowWriter.Check(outPath);
        string extension = Path.GetExtension(outPath).ToLowerInvariant()[1..];
        return arguments.GetResult(Format) is { Implicit: false } && format != extension
            ? throw new TinySaverException($"--format {format} and --out {outPath} do not agree; leave --format out, the file's extension says it.")
            : extension;
    }

    private static async IAsyncEnumerable<StoredRow> FindAsync(
        TableLabelStore labels, string[] names, LabelQuery query, List<string> missing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string name in names)
        {
            if (await labels.GetAsync(BlobNames.Normalize(name), cancellationToken) is { } row
                && (query.Status is null || row.Row.Status == query.Status)
                && (query.Batch is null || (LabelKeys.Folder(row.Row.Name) ?? "") == query.Batch))
            {
                yield return row;
            }
            else
            {
                missing.Add(name);
            }
        }
    }

    private static async Task FollowAsync(Func<IAsyncEnumerable<StoredRow>> rows, IRowSink<StoredRow> sink, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                await foreach (StoredRow row in rows())
                {
                    if (!shown.TryGetValue(row.Row.Name, out string? tag) || tag != row.RowTag)
                    {
                        shown[row.Row.Name] = row.RowTag;
                        sink.Write(row);
                    }
                }

                await sink.FlushAsync();
                await Task.Delay(FollowInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // How it is meant to end.
        }
    }
}
