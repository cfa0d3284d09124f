using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinySaver.Core.Names;

/// <summary>The names of enum values in tables, files, options, metrics and output, as <see cref="JsonStringEnumMemberNameAttribute"/> declares them on the values.</summary>
public static class EnumNames
{
    /// <summary>The names of all values, in the order of their declaration.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => Declared<T>.Names;

    /// <summary>The name of a value: <c>max-probability</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The enum has no such value.</exception>
    public static string Name<T>(this T value)
        where T : struct, Enum =>
        Array.IndexOf(Declared<T>.Values, value) is >= 0 and int index
            ? Declared<T>.Names[index]
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T).Name} has no such value.");

    /// <summary>The value of a name, as <see cref="Name"/> writes it; null where no value has it.</summary>
    public static T? Find<T>(string name)
        where T : struct, Enum => Array.IndexOf(Declared<T>.Names, name) is >= 0 and int index ? Declared<T>.Values[index] : null;

    /// <summary>The value of a name, as <see cref="Name"/> writes it.</summary>
    /// <exception cref="FormatException">No value has that name; the message lists those that there are.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        Find<T>(name) ?? throw new FormatException($"'{name}' is none of {string.Join(", ", Declared<T>.Names)}");

    private static class Declared<T>
        where T : struct, Enum
    {
        private static readonly FieldInfo[] Fields = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static);

        public static readonly T[] Values = [.. Fields.Select(field => (T)field.GetValue(null)!)];

        public static readonly string[] Names = [.. Fields.Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name)];
    }
}

/// <summary>Reads and writes enum values by their declared names and nothing else: the framework's converter takes numbers and any case too.</summary>
public sealed class EnumNameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
        try
        {
            return EnumNames.Parse<T>(text);
        }
        catch (FormatException error)
        {
            throw new JsonException(null, error);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}
