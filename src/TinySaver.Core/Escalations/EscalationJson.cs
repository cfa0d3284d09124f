using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Failures;

namespace TinySaver.Core.Escalations;

/// <summary>Writes and reads escalation messages.</summary>
public static class EscalationJson
{
    /// <summary>The most bytes of a message; the usual one takes about 1 KiB.</summary>
    /// <remarks>A Storage queue takes 64 KiB, and a dead letter holds the message as a JSON text, which can double it.</remarks>
    public const int MaxBytes = 24 * 1024;

    // The longest name of a blob.
    private const int MaxNameLength = 1024;

    // Of the tables' calendar, but for its first year, which another time zone may still reach.
    private const int OldestYear = 1602;

    // How much of a message that cannot be read goes into the error.
    private const int ExcerptLength = 200;

    // The message is read by machines and never becomes HTML, so names outside ASCII need no \u escapes and stay short.
    private static readonly EscalationJsonContext Context = new(new JsonSerializerOptions(EscalationJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The message as UTF-8 JSON of at most <see cref="MaxBytes"/>.</summary>
    /// <remarks>The likeliest classes are cut to the first half, again and again, where their texts are too long; evidence never is.</remarks>
    /// <exception cref="TinySaverException">Even without the classes the message is too long.</exception>
    public static byte[] Write(Escalation escalation)
    {
        while (true)
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(escalation, Context.Escalation);
            if (json.Length <= MaxBytes)
                return json;

            if (escalation is not ({ Tiny.TopK.Count: > 0 } or { Pooled.TopK.Count: > 0 }))
            {
                string label = escalation.Tiny?.Label ?? "";
                throw new TinySaverException(
                    $"The escalation of '{escalation.Name}' takes {json.Length} bytes and a queue message at most {MaxBytes}; " +
                    $"the label '{label[..Math.Min(label.Length, ExcerptLength)]}…' is too long: shorten it in the model's config.json.");
            }

            escalation = escalation with { Tiny = Cut(escalation.Tiny), Pooled = Cut(escalation.Pooled) };
        }
    }

    /// <summary>The escalation that a message holds.</summary>
    /// <exception cref="PermanentFailureException">
    /// <see cref="FailureReason.MalformedMessage"/>: not JSON, a member missing or impossible, or a format version after
    /// <see cref="Escalation.NewestVersion"/>. Whether evidence is that of a model's classes, only who knows the model can say.
    /// </exception>
    public static Escalation Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            // The version is looked at first: what else a later version holds, this code cannot know.
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("v", out JsonElement v) || !v.TryGetInt32(out int version))
                throw Malformed("it has no format version 'v'", json);

            if (version is < 1 or > Escalation.NewestVersion)
            {
                throw Malformed(
                    $"its format version is {version} and this program reads 1 to {Escalation.NewestVersion}; update the large stage", json);
            }

            Escalation escalation = root.Deserialize(Context.Escalation) ?? throw Malformed("it is null", json);
            if (escalation.Name.Length == 0 || escalation.Container.Length == 0 || escalation.ETag.Length == 0)
                throw Malformed("its container, name or etag is empty", json);

            // What storage could never have announced can neither be read nor recorded there.
            if (escalation.Name.Length > MaxNameLength || escalation.ETag.Length > MaxNameLength || escalation.Row?.Length > MaxNameLength)
                throw Malformed($"its name, etag or row has more than {MaxNameLength} characters", json);

            // The condition that always holds would let an old answer replace any row.
            if (escalation.Row is "" or "*")
                throw Malformed($"its row is '{escalation.Row}', which is no row's tag", json);

            // Nullable annotations reach members, not the elements of lists.
            if (escalation.Evidence?.Any(static e => e is null) ?? false)
                throw Malformed("its evidence has an element that is null", json);

            return escalation.LastModified.UtcDateTime.Year >= OldestYear
                ? escalation
                : throw Malformed($"its image was written in {escalation.LastModified.UtcDateTime.Year}", json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed(e.Message, json, e);
        }
    }

    private static TinyAnswer? Cut(TinyAnswer? answer) =>
        answer is null ? null : answer with { TopK = [.. answer.TopK.Take(answer.TopK.Count / 2)] };

    private static PermanentFailureException Malformed(string why, ReadOnlyMemory<byte> json, Exception? inner = null)
    {
        string text = Encoding.UTF8.GetString(json.Span[..Math.Min(json.Length, ExcerptLength)]);
        return new PermanentFailureException(
            FailureReason.MalformedMessage, $"The queue message is not an escalation: {why}. It begins: {text}", inner);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Escalation))]
internal sealed partial class EscalationJsonContext : JsonSerializerContext;
