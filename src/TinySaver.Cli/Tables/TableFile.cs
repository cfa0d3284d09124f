using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Tables;

/// <summary>Reads tables from CSV and Parquet files.</summary>
internal static class TableFile
{
    /// <summary>Whether a path has an extension of the tables that are read here.</summary>
    public static bool IsTable(string path) => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".parquet";

    /// <summary>Reads a whole table.</summary>
    /// <exception cref="TinySaverException">The file is missing, empty, or not what its extension says.</exception>
    public static async Task<Table> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new TinySaverException($"There is no file '{path}'.");

        if (!IsTable(path))
            throw new TinySaverException($"'{path}': cannot read a table from a '{Path.GetExtension(path)}' file; use .csv or .parquet.");

        await using Stream file = UserFile.Open(path);
        return await ReadAsync(path, file, cancellationToken);
    }

    /// <summary>Reads a whole table from a stream that can seek; the path is for the extension and for messages.</summary>
    /// <exception cref="TinySaverException">The content is empty, or not what the extension says.</exception>
    public static async Task<Table> ReadAsync(string path, Stream content, CancellationToken cancellationToken) =>
        Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ReadCsv(path, content) : await ParquetTable.ReadAsync(path, content, cancellationToken);

    private static Table ReadCsv(string path, Stream content)
    {
        using var reader = new StreamReader(content, leaveOpen: true);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
                throw new TinySaverException($"{path}: the file is empty; expected a header line.");

            string[] columns = csv.HeaderRecord!;
            var rows = new List<string?[]>();
            while (csv.Read())
            {
                if (csv.Parser.Count != columns.Length)
                    throw new TinySaverException($"{path}: line {csv.Parser.RawRow} has {csv.Parser.Count} fields; the header has {columns.Length}.");

                rows.Add([.. columns.Select((_, i) => csv.GetField(i) is { Length: > 0 } text ? FormulaGuard.Take(text) : null)]);
            }

            return new(path, columns, rows);
        }
        catch (CsvHelperException error)
        {
            throw new TinySaverException($"{path}: line {csv.Parser.RawRow} is not valid CSV; check its quotes.", error);
        }
    }
}
