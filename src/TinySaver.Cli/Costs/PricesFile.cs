using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Costs;

/// <summary>Reads a prices file: JSON with comments; <c>samples/prices.json</c> has every field with its default and its date.</summary>
internal static class PricesFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file; without one the defaults hold.</summary>
    /// <exception cref="TinySaverException">The file is missing, no JSON, or has a field that is not known.</exception>
    public static MoneySettings Read(string? path)
    {
        if (path is null)
            return new();

        if (!File.Exists(path))
            throw new TinySaverException($"There is no prices file '{path}'.");

        try
        {
            return JsonSerializer.Deserialize<MoneySettings>(File.ReadAllText(path), Options)
                ?? throw new TinySaverException($"{path}: expected an object with prices; samples/prices.json shows every field.");
        }
        catch (JsonException error)
        {
            throw new TinySaverException($"{path}: the field '{error.Path?.TrimStart('$', '.')}' cannot be used (line {error.LineNumber + 1}); samples/prices.json shows every field.", error);
        }
    }
}
