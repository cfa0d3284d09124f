using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinySaver.Cli.Output;

/// <summary>Writes what a command came to: the one JSON object of <c>--json</c> (indented, camel case, null where there is no value), or what people read.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // "Infinity" for what prices beyond all bounds add up to.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Writes an object to standard output and nothing else, or lets the view write.</summary>
    public static void WriteOr<T>(bool json, T value, Action view)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(value, Options));
        else
            view();
    }
}
