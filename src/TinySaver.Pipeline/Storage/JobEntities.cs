using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Storage;

/// <summary>Maps jobs, their counts and their chunks to entities of one partition a job.</summary>
internal static class JobEntities
{
    /// <summary>The row key of a job.</summary>
    public const string JobKey = "job";

    /// <summary>What the row keys of the counts begin with; they and the job's come after all chunks'.</summary>
    public const string CountsKey = "count-";

    // As many workers as may enter chunks at once without meeting at one entity too often.
    private const int CountEntities = 16;

    // What a table's property holds.
    private const int MaxBinary = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ChunkKey(int number) => $"chunk-{number.ToString("D8", CultureInfo.InvariantCulture)}";

    public static string CountsKeyOf(int chunk) => CountsKey + (chunk % CountEntities).ToString("x", CultureInfo.InvariantCulture);

    public static TableEntity From(JobRow job) => new(job.Id, JobKey)
    {
        ["Request"] = job.Request,
        ["State"] = job.State.Name(),
        ["Reason"] = job.Reason,
        ["SubmittedAt"] = job.SubmittedAt,
        ["Cursor"] = job.Cursor,
        ["Chunks"] = job.Chunks,
        ["Images"] = job.Images,
        ["Sent"] = job.Sent,
        ["PlannedAt"] = job.PlannedAt,
        ["FinishedAt"] = job.FinishedAt,
        ["Counts"] = job.Counts?.ToJson(),
    };

    public static JobRow ToJob(TableEntity entity) => new()
    {
        Id = entity.PartitionKey,
        Request = entity.GetString("Request"),
        State = EnumNames.Parse<JobState>(entity.GetString("State")),
        Reason = entity.GetString("Reason"),
        SubmittedAt = entity.GetDateTimeOffset("SubmittedAt")!.Value,
        Cursor = entity.GetString("Cursor"),
        Chunks = entity.GetInt32("Chunks") ?? 0,
        Images = entity.GetInt64("Images") ?? 0,
        Sent = entity.GetInt32("Sent") ?? 0,
        PlannedAt = entity.GetDateTimeOffset("PlannedAt"),
        FinishedAt = entity.GetDateTimeOffset("FinishedAt"),
        Counts = entity.GetString("Counts") is { } counts ? JobCounts.Parse(counts) : null,
    };

    public static TableEntity From(JobChunk chunk)
    {
        var entity = new TableEntity(chunk.Job, ChunkKey(chunk.Number))
        {
            ["Images"] = JobJson.Write(chunk.Images),
            ["TryImage"] = chunk.Try?.Image,
            ["TryDelivery"] = chunk.Try?.Delivery,
        };
        if (chunk.Rows is { } rows)
        {
            entity["Skipped"] = unchecked((long)chunk.Skipped);
            byte[][] parts = [.. Pack(rows).Chunk(MaxBinary)];
            for (int i = 0; i < parts.Length; i++)
                entity[RowsProperty(i)] = parts[i];
        }

        return entity;
    }

    public static JobChunk ToChunk(TableEntity entity)
    {
        var packed = new List<byte>();
        for (int i = 0; entity.GetBinary(RowsProperty(i)) is { } part; i++)
            packed.AddRange(part);

        int number = int.Parse(entity.RowKey.AsSpan(entity.RowKey.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        return new(entity.PartitionKey, number, JobJson.ReadImages(entity.GetString("Images")))
        {
            Try = entity.GetInt32("TryImage") is { } image ? new(image, entity.GetInt64("TryDelivery") ?? 0) : null,
            Rows = packed.Count == 0 ? null : Unpack([.. packed]),
            Skipped = unchecked((ulong)(entity.GetInt64("Skipped") ?? 0)),
        };
    }

    private static string RowsProperty(int part) => $"Rows{part}";

    // An entity holds 1 MiB. Sixty-four rows take some 10 KB; where their texts are so long that they take more than half of it, those that only people read are left out.
    private static byte[] Pack(IReadOnlyList<LabelRow> rows)
    {
        byte[] packed = Compress(rows);
        return packed.Length <= 8 * MaxBinary ? packed : Compress([.. rows.Select(r => r with { TopK = [], ReasonDetail = null })]);
    }

    private static byte[] Compress(IReadOnlyList<LabelRow> rows)
    {
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
            JsonSerializer.Serialize(brotli, rows.Select(Values), Json);

        return packed.ToArray();
    }

    private static Dictionary<string, object> Values(LabelRow row) => LabelColumns.All
        .Select(c => (c.Field, Value: c.Read(row))).Where(c => c.Value is not (null or false)).ToDictionary(c => c.Field, c => c.Value!);

    private static LabelRow[] Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(brotli);
        return [.. document.RootElement.EnumerateArray().Select(LabelColumns.Read)];
    }
}
