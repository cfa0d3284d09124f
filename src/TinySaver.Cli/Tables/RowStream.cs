using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace TinySaver.Cli.Tables;

/// <summary>Writes rows one after the other as CSV or JSON lines, without holding them.</summary>
/// <typeparam name="T">The row; its properties in camel case are the columns.</typeparam>
internal sealed class RowStream<T> : IAsyncDisposable
    where T : class
{
    private readonly TextWriter _writer;
    private readonly CsvWriter? _csv;

    /// <summary>Begins a stream; of CSV with the header.</summary>
    /// <param name="writer">Where to; not closed.</param>
    /// <param name="csv">CSV, or else JSON lines.</param>
    public RowStream(TextWriter writer, bool csv)
    {
        _writer = writer;
        if (csv)
        {
            _csv = OpenCsv(writer, JsonNamingPolicy.CamelCase, leaveOpen: true);
            _csv.WriteHeader<T>();
            _csv.NextRecord();
        }
    }

    /// <summary>A CSV writer whose columns are named by a policy.</summary>
    public static CsvWriter OpenCsv(TextWriter writer, JsonNamingPolicy columns, bool leaveOpen)
    {
        var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen);
        var map = new DefaultClassMap<T>();
        map.AutoMap(CultureInfo.InvariantCulture);
        foreach (MemberMap member in map.MemberMaps)
        {
            member.Name(columns.ConvertName(member.Data.Member!.Name));
        }

        csv.Context.RegisterClassMap(map);
        return csv;
    }

    /// <summary>Writes a row.</summary>
    public void Write(T row)
    {
        if (_csv is null)
        {
            _writer.Write(RowWriter.JsonLine(row) + "\n");
            return;
        }

        _csv.WriteRecord(row);
        _csv.NextRecord();
    }

    /// <summary>Hands what is written to the reader.</summary>
    public async Task FlushAsync()
    {
        if (_csv is not null)
        {
            await _csv.FlushAsync();
        }

        await _writer.FlushAsync();
    }

    /// <summary>Ends the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        if (_csv is not null)
        {
            await _csv.DisposeAsync();
        }
    }
}
