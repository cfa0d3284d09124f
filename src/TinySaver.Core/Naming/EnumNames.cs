using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace TinySaver.Core.Naming;

/// <summary>The names that an enum's members declare with <see cref="JsonStringEnumMemberNameAttribute"/>: in tables, files, metrics and output.</summary>
public static class EnumNames
{
    /// <summary>The value's name; a member that declares none has its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined one.</exception>
    public static string Name<T>(this T value)
        where T : struct, Enum =>
        Of<T>.Names.TryGetValue(value, out string? name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Not a defined {typeof(T).Name}.");

    /// <summary>The value of a name, as <see cref="Name"/> writes it; null where no value has it.</summary>
    public static T? Find<T>(string name)
        where T : struct, Enum => Of<T>.Values.TryGetValue(name, out T value) ? value : null;

    /// <summary>The value of a name, as <see cref="Name"/> writes it.</summary>
    /// <exception cref="FormatException">No value has it; the message lists those that there are.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        Find<T>(name) ?? throw new FormatException($"'{name}' is none of {string.Join(", ", Of<T>.Names.Values)}");

    private static class Of<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>().ToFrozenDictionary(
            value => value,
            value => typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString());

        public static readonly FrozenDictionary<string, T> Values =
            Names.ToFrozenDictionary(n => n.Value, n => n.Key, StringComparer.Ordinal);
    }
}
