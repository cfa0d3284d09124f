using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Parquet.Serialization;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tables;

/// <summary>Reads tables from CSV and Parquet files.</summary>
internal static class TableFile
{
    /// <summary>Whether a path's extension is one that <see cref="ReadAsync"/> reads.</summary>
    public static bool IsTable(string path) => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".parquet";

    /// <summary>Reads a whole table.</summary>
    /// <exception cref="TinySaverException">The file is missing, empty, or not what its extension says.</exception>
    public static async Task<Table> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new TinySaverException($"There is no file '{path}'.");
        }

        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => ReadCsv(path),
            ".parquet" => await ReadParquetAsync(path, cancellationToken),
            var extension => throw new TinySaverException($"'{path}': cannot read a table from a '{extension}' file; use .csv or .parquet."),
        };
    }

    private static Table ReadCsv(string path)
    {
        using var reader = new StreamReader(path);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new TinySaverException($"{path}: the file is empty; expected a header line.");
            }

            string[] columns = csv.HeaderRecord!;
            var rows = new List<string?[]>();
            while (csv.Read())
            {
                if (csv.Parser.Count != columns.Length)
                {
                    throw new TinySaverException($"{path}: line {csv.Parser.RawRow} has {csv.Parser.Count} fields; the header has {columns.Length}.");
                }

                rows.Add([.. columns.Select((_, i) => csv.GetField(i) is { Length: > 0 } text ? text : null)]);
            }

            return new(path, columns, rows);
        }
        catch (CsvHelperException error)
        {
            throw new TinySaverException($"{path}: line {csv.Parser.RawRow} is not valid CSV; check its quotes.", error);
        }
    }

    private static async Task<Table> ReadParquetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream stream = File.OpenRead(path);
            var read = await ParquetSerializer.DeserializeUntypedAsync(stream, cancellationToken: cancellationToken);
            string[] columns = [.. read.Schema.Fields.Select(f => f.Name)];
            return new(path, columns, [.. read.Data.Select(row => columns.Select(c => Text(row, c)).ToArray())]);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or NotSupportedException or InvalidOperationException)
        {
            throw new TinySaverException($"{path}: not a Parquet file that can be read here: {error.Message}", error);
        }
    }

    private static string? Text(Dictionary<string, object> row, string column) => row.TryGetValue(column, out object? value)
        ? value switch
        {
            null => null,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        }
        : null;
}

/// <summary>A small table as read from a CSV or Parquet file: every cell as text, null where it is absent.</summary>
/// <param name="Source">The file's path, for messages.</param>
/// <param name="Columns">The column names, in file order.</param>
/// <param name="Rows">The rows, each with one cell a column.</param>
internal sealed record Table(string Source, IReadOnlyList<string> Columns, IReadOnlyList<string?[]> Rows)
{
    /// <summary>The index of a column, or −1. Case and surrounding blanks do not matter.</summary>
    public int Find(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Trim().Equals(column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The index of a column that must be there.</summary>
    /// <exception cref="TinySaverException">There is none of that name; the message lists what there is.</exception>
    public int Require(string column) => Find(column) is >= 0 and int index
        ? index
        : throw new TinySaverException($"{Source}: the column '{column}' is missing; the columns are {string.Join(", ", Columns)}.");
}
