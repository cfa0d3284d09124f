using System.Globalization;
using System.Text.Json;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Jobs;

/// <summary>Writes the rows of a job's result files to one file of any format.</summary>
internal static class JobExport
{
    /// <summary>Writes them; an existing file is replaced only when the new one is whole.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="TinySaverException">The job is not finished.</exception>
    public static async Task<long> WriteAsync(IJobFiles files, StoredJob job, string path, bool plainCsv, CancellationToken cancellationToken)
    {
        if (job.Row.FinishedAt is null)
            throw new TinySaverException($"The job '{job.Row.Id}' is not finished; `tinysaver job show {job.Row.Id}` says how far it is.");

        return await RowWriter.WriteAsync(path, ReadAsync(files, job.Row.Id, cancellationToken), JobResults.Columns, plainCsv, cancellationToken);
    }

    private static async IAsyncEnumerable<LabelRow> ReadAsync(
        IJobFiles files, string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((string path, JobCounts? counts) in files.ListAsync(id, cancellationToken))
        {
            if (counts is null)
                continue;

            await using Stream content = await files.OpenAsync(path, cancellationToken) ?? throw new TinySaverException($"The file '{path}' is no longer there.");
            await foreach (LabelRow row in ReadAsync(path, content, cancellationToken))
                yield return row;
        }
    }

    private static async IAsyncEnumerable<LabelRow> ReadAsync(
        string path, Stream content, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (path.EndsWith(".jsonl", StringComparison.Ordinal))
        {
            using var reader = new StreamReader(content);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                using var json = JsonDocument.Parse(line);
                yield return LabelColumns.Read(json.RootElement);
            }
        }
        else
        {
            Table table = await TableFile.ReadAsync(path, content, cancellationToken);
            var places = LabelColumns.All.ToDictionary(c => c, c => table.Find(c.Field));
            foreach (string?[] cells in table.Rows)
                yield return LabelColumns.Row(column => places[column] is >= 0 and var place && cells[place] is { } text ? Value(column.Type, text) : null);
        }
    }

    private static object Value(Type type, string text) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => int.Parse(text, CultureInfo.InvariantCulture),
        TypeCode.Double => double.Parse(text, CultureInfo.InvariantCulture),
        TypeCode.Boolean => bool.Parse(text),
        TypeCode.Object => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };
}
