using System.Text.Json;

namespace TinySaver.Inference.Models;

/// <summary>A JSON object of a model folder, read with messages that name the file, the key and the value found.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Element">The object.</param>
internal sealed record ConfigObject(string File, JsonElement Element)
{
    private const int MaxValueLengthShown = 60;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">The file is not a JSON object.</exception>
    public static ConfigObject Parse(ReadOnlySpan<byte> json, string file)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (json.StartsWith(byteOrderMark))
            json = json[byteOrderMark.Length..];
        var reader = new Utf8JsonReader(json);
        try
        {
            // Valid JSON may spell what is no text: bytes that are no UTF-8, half a surrogate pair. Seen here, it surprises nobody later.
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    reader.GetString();
            }

            reader = new Utf8JsonReader(json);
            var element = JsonElement.ParseValue(ref reader);
            if (element.ValueKind == JsonValueKind.Object)
                return new ConfigObject(file, element);
            throw new InvalidModelException($"{file} holds a JSON {Kind(element)}; expected an object.");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidModelException($"{file} holds a text that is not Unicode at byte {reader.TokenStartIndex + 1}; mend it or download it again.", e);
        }
        catch (JsonException e)
        {
            throw new InvalidModelException(
                $"{file} is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}); mend it or download it again.", e);
        }
    }

    /// <summary>The value of a key; null where it is absent or JSON null, which Python's configurations use alike.</summary>
    public JsonElement? Value(string key) =>
        Element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Has(string key) => Value(key) is not null;

    public ConfigObject? Object(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigObject(File, value),
        { } value => throw Unexpected(key, value, "an object"),
    };

    public string? Text(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Unexpected(key, value, "a string"),
    };

    public bool? Flag(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Unexpected(key, value, "true or false"),
    };

    public double? Number(string key) => Value(key) is { } value ? Number(key, value) : null;

    public int? WholeNumber(string key) => Value(key) is { } value ? WholeNumber(key, value) : null;

    public double Number(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Unexpected(key, value, "a number");

    public int WholeNumber(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number == Math.Floor(number) && Math.Abs(number) < int.MaxValue
            ? (int)number
            : throw Unexpected(key, value, "a whole number");

    public InvalidModelException Unexpected(string key, JsonElement value, string expected)
    {
        string text = value.GetRawText();
        return new InvalidModelException(
            $"{File}: '{key}' is {(text.Length <= MaxValueLengthShown ? text : text[..MaxValueLengthShown] + "…")}; expected {expected}.");
    }

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();
}
