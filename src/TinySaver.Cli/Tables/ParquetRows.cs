using Parquet.Schema;
using Parquet.Serialization;

namespace TinySaver.Cli.Tables;

/// <summary>Writes rows as a Parquet file.</summary>
internal static class ParquetRows
{
    /// <summary>Writes the rows; a column is nullable where its type is.</summary>
    public static async Task WriteAsync<T>(string path, IReadOnlyCollection<T> rows, IReadOnlyList<Column<T>> columns)
    {
        var schema = new ParquetSchema(columns.Select(c => new DataField(
            c.Name,
            Nullable.GetUnderlyingType(c.Type) ?? c.Type,
            isNullable: !c.Type.IsValueType || Nullable.GetUnderlyingType(c.Type) is not null)));
        IDictionary<string, object?>[] data = [.. rows.Select(row => RowStream<T>.Cells(columns, row))];
        await using FileStream stream = File.Create(path);
        await ParquetSerializer.SerializeUntypedAsync(data, schema, stream);
    }
}
