using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinySaver.Core.Names;

/// <summary>Reads numbers of files that people write: 1e999 reads as infinity, which nobody can mean and JSON cannot be written with.</summary>
public sealed class FiniteNumber : JsonConverter<double>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">It is no number, or has no double.</exception>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
