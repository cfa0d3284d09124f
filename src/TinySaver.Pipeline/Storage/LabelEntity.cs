using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Storage;

/// <summary>Maps rows to table entities: one column a property, absent where null.</summary>
internal static class LabelEntity
{
    // A table holds 32 Ki UTF-16 units a text property; nothing that people read comes near.
    private const int MaxTextLength = 16 * 1024;

    private const string ImageETag = nameof(ImageETag);
    private const string ImageLastModified = nameof(ImageLastModified);

    /// <summary>The entity of a row.</summary>
    public static TableEntity From(LabelRow row)
    {
        var entity = new TableEntity(LabelKeys.PartitionKey(row.Name), LabelKeys.RowKey(row.Name))
        {
            [nameof(LabelRow.Name)] = row.Name,
            [nameof(LabelRow.Status)] = row.Status.ToString(),
            [ImageETag] = row.Version.ETag,
            [ImageLastModified] = row.Version.LastModified,
        };
        Add(entity, nameof(LabelRow.Label), Text(row.Label));
        Add(entity, nameof(LabelRow.ClassIndex), row.ClassIndex);
        Add(entity, nameof(LabelRow.Confidence), row.Confidence);
        Add(entity, nameof(LabelRow.DecidedBy), row.DecidedBy switch
        {
            null => null,
            Decider.Tiny => "tiny",
            _ => "large",
        });
        Add(entity, nameof(LabelRow.TopK), TopK(row.TopK));
        Add(entity, nameof(LabelRow.TinyLabel), Text(row.TinyLabel));
        Add(entity, nameof(LabelRow.TinyClassIndex), row.TinyClassIndex);
        Add(entity, nameof(LabelRow.TinyConfidence), row.TinyConfidence);
        Add(entity, nameof(LabelRow.LargeLabel), Text(row.LargeLabel));
        Add(entity, nameof(LabelRow.LargeClassIndex), row.LargeClassIndex);
        Add(entity, nameof(LabelRow.LargeConfidence), row.LargeConfidence);
        Add(entity, nameof(LabelRow.Shadow), row.Shadow ? true : null);
        Add(entity, nameof(LabelRow.Degraded), row.Degraded ? true : null);
        Add(entity, nameof(LabelRow.Policy), row.Policy);
        Add(entity, nameof(LabelRow.TinyModel), row.TinyModel);
        Add(entity, nameof(LabelRow.LargeModel), row.LargeModel);
        Add(entity, nameof(LabelRow.Reason), row.Reason);
        Add(entity, nameof(LabelRow.ReasonDetail), Text(row.ReasonDetail));
        Add(entity, nameof(LabelRow.StageMilliseconds), row.StageMilliseconds);
        Add(entity, nameof(LabelRow.OperationId), row.OperationId);
        return entity;
    }

    /// <summary>The row of an entity.</summary>
    /// <exception cref="FormatException">The entity is not a row: a column is missing or has another type.</exception>
    public static LabelRow ToRow(TableEntity entity)
    {
        try
        {
            return new LabelRow
            {
                Name = Required(entity.GetString(nameof(LabelRow.Name)), nameof(LabelRow.Name)),
                Status = Enum.Parse<LabelStatus>(Required(entity.GetString(nameof(LabelRow.Status)), nameof(LabelRow.Status))),
                Version = new ImageVersion(
                    entity.GetDateTimeOffset(ImageLastModified) ?? throw new FormatException($"{ImageLastModified} is missing"),
                    Required(entity.GetString(ImageETag), ImageETag)),
                Label = entity.GetString(nameof(LabelRow.Label)),
                ClassIndex = entity.GetInt32(nameof(LabelRow.ClassIndex)),
                Confidence = entity.GetDouble(nameof(LabelRow.Confidence)),
                DecidedBy = entity.GetString(nameof(LabelRow.DecidedBy)) switch
                {
                    null => null,
                    "tiny" => Decider.Tiny,
                    "large" => Decider.Large,
                    string other => throw new FormatException($"{nameof(LabelRow.DecidedBy)} is '{other}', expected tiny or large"),
                },
                TopK = entity.GetString(nameof(LabelRow.TopK)) is { } json
                    ? JsonSerializer.Deserialize(json, LabelJsonContext.Default.IReadOnlyListClassPrediction) ?? []
                    : [],
                TinyLabel = entity.GetString(nameof(LabelRow.TinyLabel)),
                TinyClassIndex = entity.GetInt32(nameof(LabelRow.TinyClassIndex)),
                TinyConfidence = entity.GetDouble(nameof(LabelRow.TinyConfidence)),
                LargeLabel = entity.GetString(nameof(LabelRow.LargeLabel)),
                LargeClassIndex = entity.GetInt32(nameof(LabelRow.LargeClassIndex)),
                LargeConfidence = entity.GetDouble(nameof(LabelRow.LargeConfidence)),
                Shadow = entity.GetBoolean(nameof(LabelRow.Shadow)) ?? false,
                Degraded = entity.GetBoolean(nameof(LabelRow.Degraded)) ?? false,
                Policy = entity.GetString(nameof(LabelRow.Policy)),
                TinyModel = entity.GetString(nameof(LabelRow.TinyModel)),
                LargeModel = entity.GetString(nameof(LabelRow.LargeModel)),
                Reason = entity.GetString(nameof(LabelRow.Reason)),
                ReasonDetail = entity.GetString(nameof(LabelRow.ReasonDetail)),
                StageMilliseconds = entity.GetDouble(nameof(LabelRow.StageMilliseconds)),
                OperationId = entity.GetString(nameof(LabelRow.OperationId)),
            };
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or JsonException)
        {
            throw new FormatException(
                $"The entity {entity.PartitionKey}/{entity.RowKey} of the labels table is not a label row: {e.Message}. " +
                "Something else has written to the table; remove the entity.",
                e);
        }
    }

    private static void Add(TableEntity entity, string column, object? value)
    {
        if (value is not null)
        {
            entity[column] = value;
        }
    }

    private static string? Text(string? text) => text is { Length: > MaxTextLength } ? text[..MaxTextLength] : text;

    private static string? TopK(IReadOnlyList<ClassPrediction> topK)
    {
        while (topK.Count > 0)
        {
            string json = JsonSerializer.Serialize(topK, LabelJsonContext.Default.IReadOnlyListClassPrediction);
            if (json.Length <= MaxTextLength)
            {
                return json;
            }

            topK = [.. topK.Take(topK.Count / 2)];
        }

        return null;
    }

    private static string Required(string? value, string column) => value ?? throw new FormatException($"{column} is missing");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ClassPrediction>))]
internal sealed partial class LabelJsonContext : JsonSerializerContext;
