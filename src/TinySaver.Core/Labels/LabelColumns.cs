using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using static TinySaver.Core.Labels.ColumnReach;

namespace TinySaver.Core.Labels;

/// <summary>How far a column reaches; each has what the one before has.</summary>
public enum ColumnReach
{
    /// <summary>The labels table.</summary>
    Table,

    /// <summary>Also what <c>results</c> writes.</summary>
    Results,

    /// <summary>Also what <c>classify</c> and <c>run</c> write of each image.</summary>
    Everywhere,
}

/// <summary>One column of the labels.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Reach">Where it is written.</param>
/// <param name="Type">The type of its values: string, int, double, bool or <see cref="DateTimeOffset"/>.</param>
/// <param name="Read">Its value in a row; null where the row has none.</param>
/// <param name="Write">The row with a value of <paramref name="Type"/>; throws <see cref="FormatException"/> or <see cref="JsonException"/> where the value is none.</param>
public sealed record LabelColumn(
    string Name, ColumnReach Reach, Type Type, Func<LabelRow, object?> Read, Func<LabelRow, object, LabelRow> Write)
{
    /// <summary>Its name in files and JSON.</summary>
    public string Field { get; init; } = JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>Whether every row has it.</summary>
    public bool IsRequired { get; init; }
}

/// <summary>The columns of a <see cref="LabelRow"/>, from which the table's entities and all files of rows are made.</summary>
public static class LabelColumns
{
    /// <summary>The longest text of a column, in UTF-16 units: a table holds 32 Ki, and nothing that people read comes near.</summary>
    public const int MaxTextLength = 16 * 1024;

    /// <summary>All columns, in the order in which files have them.</summary>
    public static IReadOnlyList<LabelColumn> All { get; } =
    [
        Column<string>("Name", Results, r => r.Name, (r, v) => r with { Name = v }) with { IsRequired = true },
        Column<string>("Status", Everywhere, r => r.Status.Name(), (r, v) => r with { Status = EnumNames.Parse<LabelStatus>(v) }) with { IsRequired = true },
        Column<string>("Label", Everywhere, r => r.Label, (r, v) => r with { Label = v }),
        Column<int>("ClassIndex", Everywhere, r => r.ClassIndex, (r, v) => r with { ClassIndex = v }),
        Column<double>("Confidence", Everywhere, r => r.Confidence, (r, v) => r with { Confidence = v }),
        Column<string>("DecidedBy", Everywhere, r => r.DecidedBy?.Name(), (r, v) => r with { DecidedBy = EnumNames.Parse<Decider>(v) }),
        Column<string>("TinyLabel", Everywhere, r => r.TinyLabel, (r, v) => r with { TinyLabel = v }),
        Column<int>("TinyClassIndex", Table, r => r.TinyClassIndex, (r, v) => r with { TinyClassIndex = v }),
        Column<double>("TinyConfidence", Everywhere, r => r.TinyConfidence, (r, v) => r with { TinyConfidence = v }),
        Column<string>("LargeLabel", Results, r => r.LargeLabel, (r, v) => r with { LargeLabel = v }),
        Column<int>("LargeClassIndex", Table, r => r.LargeClassIndex, (r, v) => r with { LargeClassIndex = v }),
        Column<double>("LargeConfidence", Results, r => r.LargeConfidence, (r, v) => r with { LargeConfidence = v }),
        Column<bool>("Shadow", Results, r => r.Shadow, (r, v) => r with { Shadow = v }),
        Column<bool>("Degraded", Results, r => r.Degraded, (r, v) => r with { Degraded = v }),
        Column<string>("TopK", Everywhere, r => WriteTopK(r.TopK), (r, v) => r with { TopK = ReadTopK(v) }),
        Column<string>("Reason", Everywhere, r => r.Reason?.Name(), (r, v) => r with { Reason = EnumNames.Find<FailureReason>(v) ?? FailureReason.Unknown }),
        Column<string>("ReasonDetail", Everywhere, r => r.ReasonDetail, (r, v) => r with { ReasonDetail = v }) with { Field = "message" },
        Column<string>("Policy", Results, r => r.Policy, (r, v) => r with { Policy = v }),
        Column<string>("TinyModel", Results, r => r.TinyModel, (r, v) => r with { TinyModel = v }),
        Column<string>("LargeModel", Results, r => r.LargeModel, (r, v) => r with { LargeModel = v }),
        Column<string>("ImageETag", Results, r => r.Version.ETag, (r, v) => r with { Version = r.Version with { ETag = v } }) with { IsRequired = true },
        Column<DateTimeOffset>("ImageLastModified", Results, r => r.Version.LastModified, (r, v) => r with { Version = r.Version with { LastModified = v } }) with { IsRequired = true },
        Column<double>("StageMilliseconds", Results, r => r.StageMilliseconds, (r, v) => r with { StageMilliseconds = v }),
        Column<string>("OperationId", Results, r => r.OperationId, (r, v) => r with { OperationId = v }),
        Column<string>("Job", Table, r => r.Job, (r, v) => r with { Job = v }),
        Column<bool>("Safe", Results, r => r.Safe, (r, v) => r with { Safe = v }),
        Column<bool>("Audited", Results, r => r.Audited, (r, v) => r with { Audited = v }),
    ];

    /// <summary>The row that has these values; a column without one keeps its default.</summary>
    /// <param name="value">A column's value, of its type; null where it has none.</param>
    /// <exception cref="FormatException">A value is none of its column.</exception>
    public static LabelRow Row(Func<LabelColumn, object?> value) =>
        All.Aggregate(new LabelRow("", default), (row, column) => value(column) is { } known ? column.Write(row, known) : row);

    /// <summary>The row of a JSON object that has columns by their fields; what is no column is left out.</summary>
    /// <exception cref="FormatException">A value is none of its column.</exception>
    /// <exception cref="InvalidOperationException">A value has another type than its column.</exception>
    public static LabelRow Read(JsonElement json) => Row(column =>
        !json.TryGetProperty(column.Field, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null : Type.GetTypeCode(column.Type) switch
        {
            TypeCode.String => value.GetString(),
            TypeCode.Int32 => value.GetInt32(),
            TypeCode.Double => value.GetDouble(),
            TypeCode.Boolean => value.GetBoolean(),
            _ => value.GetDateTimeOffset(),
        });

    private static LabelColumn Column<T>(string name, ColumnReach reach, Func<LabelRow, object?> read, Func<LabelRow, T, LabelRow> write) =>
        new(name, reach, typeof(T), read, (row, value) => write(row, (T)value));

    // Cut to the first half, again and again, where the classes' texts are too long.
    private static string? WriteTopK(IReadOnlyList<ClassPrediction> topK)
    {
        while (topK.Count > 0)
        {
            string json = JsonSerializer.Serialize(topK, LabelJsonContext.Default.IReadOnlyListClassPrediction);
            if (json.Length <= MaxTextLength)
                return json;

            topK = [.. topK.Take(topK.Count / 2)];
        }

        return null;
    }

    private static IReadOnlyList<ClassPrediction> ReadTopK(string json) =>
        JsonSerializer.Deserialize(json, LabelJsonContext.Default.IReadOnlyListClassPrediction) ?? [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ClassPrediction>))]
internal sealed partial class LabelJsonContext : JsonSerializerContext;
