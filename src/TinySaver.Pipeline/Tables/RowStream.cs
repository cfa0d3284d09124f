using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace TinySaver.Pipeline.Tables;

/// <summary>Takes rows one after the other, and shows or writes them.</summary>
internal interface IRowSink<T> : IAsyncDisposable
{
    /// <summary>Takes a row.</summary>
    void Write(T row);

    /// <summary>Hands what was written to the reader.</summary>
    Task FlushAsync() => Task.CompletedTask;

    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Writes rows one after the other as CSV or JSON lines, without holding them.</summary>
internal sealed class RowStream<T> : IRowSink<T>
{
    private static readonly JsonSerializerOptions JsonLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter _writer;
    private readonly IReadOnlyList<Column<T>> _columns;
    private readonly CsvWriter? _csv;
    private readonly bool _plainCsv;

    /// <summary>Begins a stream; of CSV with the header.</summary>
    /// <param name="writer">Where to; not closed.</param>
    /// <param name="columns">What to write of each row.</param>
    /// <param name="csv">CSV, or else JSON lines, which leave out what is absent.</param>
    /// <param name="plainCsv">Whether cells of CSV are written as they are, also those that a spreadsheet would take for formulas.</param>
    public RowStream(TextWriter writer, IReadOnlyList<Column<T>> columns, bool csv, bool plainCsv)
    {
        _writer = writer;
        _columns = columns;
        _plainCsv = plainCsv;
        if (csv)
        {
            _csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
            WriteCells(columns.Select(c => c.Name));
        }
    }

    /// <summary>A row's values by column, without what is absent.</summary>
    public static OrderedDictionary<string, object?> Cells(IReadOnlyList<Column<T>> columns, T row)
    {
        var cells = new OrderedDictionary<string, object?>(columns.Count);
        foreach (Column<T> column in columns)
        {
            if (column.Read(row) is { } value)
                cells.Add(column.Name, value);
        }

        return cells;
    }

    /// <inheritdoc/>
    public void Write(T row)
    {
        if (_csv is null)
            _writer.Write(JsonSerializer.Serialize(Cells(_columns, row), JsonLine) + "\n");
        else
            WriteCells(_columns.Select(c => Cell(c.Read(row))));
    }

    /// <inheritdoc/>
    public async Task FlushAsync()
    {
        if (_csv is not null)
            await _csv.FlushAsync();

        await _writer.FlushAsync();
    }

    /// <summary>Ends the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        if (_csv is not null)
            await _csv.DisposeAsync();
    }

    private string? Cell(object? value) => value is string text && !_plainCsv ? FormulaGuard.Put(text) : Convert.ToString(value, CultureInfo.InvariantCulture);

    private void WriteCells(IEnumerable<string?> cells)
    {
        foreach (string? cell in cells)
            _csv!.WriteField(cell);

        _csv!.NextRecord();
    }
}
