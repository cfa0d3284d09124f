using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Reports;

namespace TinySaver.Cli.Results;

/// <summary>The ways to show rows: a table, lines for someone who follows, CSV and JSON lines for programs.</summary>
internal static class ResultSinks
{
    // A person reads no more, and a table is drawn only when all of it is known.
    private const int MaxTableRows = 500;

    /// <summary>The sink of a format.</summary>
    public static IResultSink Create(Terminal terminal, string format, bool following) => format switch
    {
        "csv" or "jsonl" => new Lines(format == "csv"),
        _ when following => new Followed(terminal),
        _ => new Tabular(terminal),
    };

    private static string Confidence(ResultRow row) => row.Confidence is { } value ? Amounts.Number(value, 3) : "–";

    private static string Answer(ResultRow row) => row.Label ?? row.Reason ?? "waits for the large model";

    private sealed class Lines(bool csv) : IResultSink
    {
        private readonly RowStream<ResultRow> _stream = new(Console.Out, csv);

        public void Write(ResultRow row) => _stream.Write(row);

        public Task FlushAsync() => _stream.FlushAsync();

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }

    private sealed class Followed(Terminal terminal) : IResultSink
    {
        public void Write(ResultRow row) =>
            terminal.Results.WriteLine($"{row.WrittenAt}  {row.Status,-9}  {row.DecidedBy ?? "",-5}  {Confidence(row),5}  {Answer(row)}  {row.Name}");

        public Task FlushAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Tabular(Terminal terminal) : IResultSink
    {
        private readonly Spectre.Console.Table _table = new Spectre.Console.Table().Border(TableBorder.Rounded)
            .AddColumns("Name", "Status", "Label", "Confidence", "By");

        private int _count;

        public void Write(ResultRow row)
        {
            if (++_count <= MaxTableRows)
            {
                _table.AddRow(
                    Markup.Escape(row.Name), row.Status, Markup.Escape(Answer(row)), Confidence(row), row.DecidedBy is null ? "" : row.DecidedBy + (row.Degraded ? " (degraded)" : ""));
            }
        }

        public Task FlushAsync() => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            terminal.Results.Write(_table);
            if (_count > MaxTableRows)
            {
                terminal.Say($"… and {_count - MaxTableRows:N0} more; --format csv or --out shows them all.");
            }

            return ValueTask.CompletedTask;
        }
    }
}
