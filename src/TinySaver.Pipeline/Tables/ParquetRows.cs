using Parquet.Schema;
using Parquet.Serialization;

namespace TinySaver.Pipeline.Tables;

/// <summary>Writes rows in the Parquet format.</summary>
internal static class ParquetRows
{
    /// <summary>Writes the rows; a column is nullable where its type is.</summary>
    public static async Task WriteAsync<T>(Stream stream, IReadOnlyCollection<T> rows, IReadOnlyList<Column<T>> columns)
    {
        var schema = new ParquetSchema(columns.Select(c => new DataField(
            c.Name,
            Nullable.GetUnderlyingType(c.Type) ?? c.Type,
            isNullable: !c.Type.IsValueType || Nullable.GetUnderlyingType(c.Type) is not null)));
        IDictionary<string, object?>[] data = [.. rows.Select(row => RowStream<T>.Cells(columns, row))];
        await ParquetSerializer.SerializeUntypedAsync(data, schema, stream);
    }
}
