using System.Globalization;
using System.Reflection;
using System.Text.Json;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Tables;

/// <summary>One column of the rows that a command writes.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">The type of its values, for files that know types: a reference or <see cref="Nullable{T}"/> where a value may be absent.</param>
/// <param name="Read">Its value in a row.</param>
internal sealed record Column<T>(string Name, Type Type, Func<T, object?> Read)
{
    /// <summary>A column for each public property.</summary>
    /// <param name="names">Makes the columns' names of the properties'.</param>
    public static IReadOnlyList<Column<T>> OfProperties(JsonNamingPolicy names) =>
        [.. typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => new Column<T>(names.ConvertName(p.Name), p.PropertyType, row => p.GetValue(row)))];

    /// <summary>The columns of a label row that reach so far, in their order.</summary>
    /// <param name="reach">How far.</param>
    /// <param name="row">The label row of what is written.</param>
    public static IEnumerable<Column<T>> OfLabels(ColumnReach reach, Func<T, LabelRow> row) =>
        LabelColumns.All.Where(c => c.Reach >= reach).Select(c => Type.GetTypeCode(c.Type) switch
        {
            TypeCode.Int32 => new Column<T>(c.Field, typeof(int?), item => c.Read(row(item))),
            TypeCode.Double => new(c.Field, typeof(double?), item => c.Read(row(item))),
            TypeCode.Object => new(c.Field, typeof(string), item => Columns.Text((DateTimeOffset)c.Read(row(item))!)),
            _ => new(c.Field, c.Type, item => c.Read(row(item))),
        });
}

/// <summary>What is done with columns.</summary>
internal static class Columns
{
    /// <summary>The columns with one more before the one of a name.</summary>
    public static IEnumerable<Column<T>> Before<T>(this IEnumerable<Column<T>> columns, string name, Column<T> more) =>
        columns.SelectMany(c => (Column<T>[])(c.Name == name ? [more, c] : [c]));

    /// <summary>A time as rows show it: ISO 8601 in UTC, with milliseconds.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
