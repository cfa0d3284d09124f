using System.Text.Json;
using Azure.Data.Tables;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Storage;

/// <summary>Maps rows to table entities: a property for each of <see cref="LabelColumns"/>, absent where null or false.</summary>
internal static class LabelEntity
{
    /// <summary>The entity of a row.</summary>
    public static TableEntity From(LabelRow row)
    {
        var entity = new TableEntity(LabelKeys.PartitionKey(row.Name), LabelKeys.RowKey(row.Name));
        foreach (LabelColumn column in LabelColumns.All)
        {
            if (column.Read(row) is { } value and not false)
                entity[column.Name] = value is string { Length: > LabelColumns.MaxTextLength } text ? text[..LabelColumns.MaxTextLength] : value;
        }

        return entity;
    }

    /// <summary>The row of an entity.</summary>
    /// <exception cref="FormatException">The entity is not a row: a column is missing or has another type.</exception>
    public static LabelRow ToRow(TableEntity entity)
    {
        try
        {
            return LabelColumns.Row(column => Value(entity, column) ?? (column.IsRequired ? throw new FormatException($"{column.Name} is missing") : null));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or JsonException)
        {
            throw new FormatException(
                $"The entity {entity.PartitionKey}/{entity.RowKey} of the labels table is not a label row: {e.Message}. " +
                "Something else has written to the table; remove the entity.",
                e);
        }
    }

    private static object? Value(TableEntity entity, LabelColumn column) => Type.GetTypeCode(column.Type) switch
    {
        TypeCode.String => entity.GetString(column.Name),
        TypeCode.Int32 => entity.GetInt32(column.Name),
        TypeCode.Double => entity.GetDouble(column.Name),
        TypeCode.Boolean => entity.GetBoolean(column.Name),
        _ => entity.GetDateTimeOffset(column.Name),
    };
}
