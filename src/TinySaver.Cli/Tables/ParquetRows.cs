using System.Reflection;
using System.Text.Json;
using Parquet.Schema;
using Parquet.Serialization;

namespace TinySaver.Cli.Tables;

/// <summary>Writes rows of a class as a Parquet file whose columns are named by a policy.</summary>
internal static class ParquetRows
{
    /// <summary>Writes the rows; each public property is a column, nullable where its type is.</summary>
    public static async Task WriteAsync<T>(string path, IReadOnlyCollection<T> rows, JsonNamingPolicy columns)
        where T : class
    {
        PropertyInfo[] properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        string[] names = [.. properties.Select(p => columns.ConvertName(p.Name))];
        var schema = new ParquetSchema(properties.Select((p, i) => new DataField(
            names[i],
            Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType,
            isNullable: !p.PropertyType.IsValueType || Nullable.GetUnderlyingType(p.PropertyType) is not null)));
        IDictionary<string, object?>[] data = [.. rows.Select(row =>
        {
            var cells = new Dictionary<string, object?>(properties.Length);
            for (int i = 0; i < properties.Length; i++)
            {
                if (properties[i].GetValue(row) is { } value)
                {
                    cells[names[i]] = value;
                }
            }

            return (IDictionary<string, object?>)cells;
        })];
        await using FileStream stream = File.Create(path);
        await ParquetSerializer.SerializeUntypedAsync(data, schema, stream);
    }
}
