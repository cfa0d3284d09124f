using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Tables;
using TinySaver.Reports;

namespace TinySaver.Cli.Results;

/// <summary>The ways to show rows on standard output: a table, lines for someone who follows, CSV and JSON lines for programs.</summary>
internal static class ResultSinks
{
    // A person reads no more, and a table is drawn only when all of it is known.
    private const int MaxTableRows = 500;

    /// <summary>The columns of the rows: the label row's, and when it was written.</summary>
    public static IReadOnlyList<Column<StoredRow>> Columns { get; } =
        [.. Column<StoredRow>.OfLabels(ColumnReach.Results, s => s.Row).Before("stageMilliseconds", new("writtenAt", typeof(string), s => WrittenAt(s)))];

    /// <summary>The sink of a format.</summary>
    public static IRowSink<StoredRow> Create(Terminal terminal, string format, bool following, bool plainCsv) => format switch
    {
        "csv" or "jsonl" => new RowStream<StoredRow>(VisibleWriter.StandardOutput, Columns, format == "csv", plainCsv),
        _ when following => new Followed(terminal),
        _ => new Tabular(terminal),
    };

    private static string WrittenAt(StoredRow stored) => Pipeline.Tables.Columns.Text(stored.WrittenAt);

    private static string Confidence(LabelRow row) => row.Confidence is { } value ? Amounts.Number(value, 3) : "–";

    private static string Answer(LabelRow row) => row.Label ?? row.Reason?.Name() ?? "waits for the large model";

    private sealed class Followed(Terminal terminal) : IRowSink<StoredRow>
    {
        public void Write(StoredRow stored)
        {
            LabelRow row = stored.Row;
            terminal.Show(
                $"{WrittenAt(stored)}  {row.Status.Name(),-9}  {row.DecidedBy?.Name() ?? "",-5}  {Confidence(row),5}  {Answer(row)}  {row.Name}");
        }
    }

    private sealed class Tabular(Terminal terminal) : IRowSink<StoredRow>
    {
        private readonly Spectre.Console.Table _table = new Spectre.Console.Table().Border(TableBorder.Rounded)
            .AddColumns("Name", "Status", "Label", "Confidence", "By");

        private int _count;

        public void Write(StoredRow stored)
        {
            LabelRow row = stored.Row;
            if (++_count <= MaxTableRows)
            {
                _table.AddRow(
                    Markup.Escape(row.Name), row.Status.Name(), Markup.Escape(Answer(row)), Confidence(row), row.DecidedBy is { } by ? by.Name() + (row.Degraded ? " (degraded)" : "") : "");
            }
        }

        public ValueTask DisposeAsync()
        {
            terminal.Results.Write(_table);
            if (_count > MaxTableRows)
                terminal.Say($"… and {_count - MaxTableRows:N0} more; --format csv or --out shows them all.");

            return ValueTask.CompletedTask;
        }
    }
}
