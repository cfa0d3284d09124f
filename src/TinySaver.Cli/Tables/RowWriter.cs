using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tables;

/// <summary>Writes rows as CSV, JSON lines or Parquet, by the extension of the file.</summary>
internal static class RowWriter
{
    private static readonly JsonSerializerOptions JsonLines = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Refuses a path whose extension names no format, before any work is done.</summary>
    /// <exception cref="TinySaverException">The extension is not .csv, .jsonl or .parquet, or the folder is missing.</exception>
    public static void Check(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".jsonl" or ".parquet"))
        {
            throw new TinySaverException($"'{path}': cannot write a '{Path.GetExtension(path)}' file; use .csv, .jsonl or .parquet.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new TinySaverException($"'{path}': there is no folder '{folder}' to write to.");
        }
    }

    /// <summary>Writes rows; the columns are the row type's properties in camel case, or as the policy names them. An existing file is replaced only when the new one is whole.</summary>
    public static async Task WriteAsync<T>(string path, IReadOnlyCollection<T> rows, JsonNamingPolicy? columns = null)
        where T : class
    {
        columns ??= JsonNamingPolicy.CamelCase;
        string unfinished = path + ".tmp";
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".csv":
                await WriteCsvAsync(unfinished, rows, columns);
                break;
            case ".jsonl":
                await File.WriteAllLinesAsync(unfinished, rows.Select(JsonLine));
                break;
            default:
                await ParquetRows.WriteAsync(unfinished, rows, columns);
                break;
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>A row as one line of JSON, camel case, without what is null.</summary>
    public static string JsonLine<T>(T row) => JsonSerializer.Serialize(row, JsonLines);

    private static async Task WriteCsvAsync<T>(string path, IReadOnlyCollection<T> rows, JsonNamingPolicy columns)
        where T : class
    {
        await using var writer = new StreamWriter(path);
        await using CsvWriter csv = RowStream<T>.OpenCsv(writer, columns, leaveOpen: false);
        await csv.WriteRecordsAsync(rows);
    }
}
