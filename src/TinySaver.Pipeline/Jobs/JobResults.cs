using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Writes and reads the files of a job's results: the columns that <c>tinysaver results</c> has.</summary>
internal static class JobResults
{
    /// <summary>The columns.</summary>
    public static IReadOnlyList<Column<LabelRow>> Columns { get; } = [.. Column<LabelRow>.OfLabels(ColumnReach.Results, row => row)];

    /// <summary>The rows in a format, ready to be read.</summary>
    public static async Task<MemoryStream> WriteAsync(IReadOnlyCollection<LabelRow> rows, JobFormat format)
    {
        var content = new MemoryStream();
        if (format == JobFormat.Parquet)
        {
            await ParquetRows.WriteAsync(content, rows, Columns).ConfigureAwait(false);
        }
        else
        {
            await using var writer = new StreamWriter(content, leaveOpen: true);
            await using var stream = new RowStream<LabelRow>(writer, Columns, csv: format == JobFormat.Csv, plainCsv: false);
            foreach (LabelRow row in rows)
                stream.Write(row);
        }

        content.Position = 0;
        return content;
    }
}
