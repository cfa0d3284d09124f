using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Tables;

/// <summary>Writes rows as CSV, JSON lines or Parquet, by the extension of the file.</summary>
internal static class RowWriter
{
    /// <summary>Refuses a path whose extension names no format, before any work is done; null is none.</summary>
    /// <exception cref="TinySaverException">The extension is not .csv, .jsonl or .parquet, or the folder is missing.</exception>
    public static void Check(string? path)
    {
        if (path is not null && Path.GetExtension(path).ToLowerInvariant() is not (".csv" or ".jsonl" or ".parquet"))
            throw new TinySaverException($"'{path}': cannot write a '{Path.GetExtension(path)}' file; use .csv, .jsonl or .parquet.");

        CheckFolder(path);
    }

    /// <summary>Refuses a path in no folder, before any work is done; null is none.</summary>
    /// <exception cref="TinySaverException">The folder is missing.</exception>
    public static void CheckFolder(string? path)
    {
        if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new TinySaverException($"'{path}': there is no folder '{folder}' to write to.");
    }

    /// <summary>Writes rows. An existing file is replaced only when the new one is whole.</summary>
    /// <remarks>Cells of CSV that a spreadsheet would take for formulas are guarded unless <paramref name="plainCsv"/> says no; the reader takes the guard off.</remarks>
    public static Task WriteAsync<T>(string path, IReadOnlyCollection<T> rows, IReadOnlyList<Column<T>> columns, bool plainCsv = false) =>
        WriteAsync(path, rows.ToAsyncEnumerable(), columns, plainCsv, CancellationToken.None);

    /// <summary>The same for rows that come one after the other, which only Parquet holds all at once.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> WriteAsync<T>(
        string path, IAsyncEnumerable<T> rows, IReadOnlyList<Column<T>> columns, bool plainCsv, CancellationToken cancellationToken)
    {
        string unfinished = path + ".tmp";
        string extension = Path.GetExtension(path).ToLowerInvariant();
        long count = 0;
        if (extension == ".parquet")
        {
            List<T> all = await rows.ToListAsync(cancellationToken);
            await using FileStream file = File.Create(unfinished);
            await ParquetRows.WriteAsync(file, all, columns);
            count = all.Count;
        }
        else
        {
            await using var writer = new StreamWriter(unfinished);
            await using var stream = new RowStream<T>(writer, columns, csv: extension == ".csv", plainCsv);
            await foreach (T row in rows.WithCancellation(cancellationToken))
            {
                stream.Write(row);
                count++;
            }
        }

        File.Move(unfinished, path, overwrite: true);
        return count;
    }
}
