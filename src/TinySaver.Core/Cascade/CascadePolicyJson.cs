using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Core.Cascade;

/// <summary>Reads and writes <c>cascade.json</c>, and refuses what cannot be meant.</summary>
public static class CascadePolicyJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A misspelt optional field would otherwise be a silent default.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        NewLine = "\n",
        // The file is read by people and never embedded in HTML: keep '<', '&' and letters as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteNumber() },
    };

    /// <summary>Reads a policy from JSON text, which messages call by its source: the file's path.</summary>
    /// <exception cref="InvalidPolicyException">The text is not a policy of a known version, or a field's value is impossible.</exception>
    public static CascadePolicy Parse(string json, string source)
    {
        int version = ReadVersion(json, source);
        CascadePolicy? policy;
        try
        {
            policy = JsonSerializer.Deserialize<CascadePolicy>(json, Options);
        }
        catch (JsonException error)
        {
            throw new InvalidPolicyException($"{source}: {Describe(error, version)}", error);
        }

        CascadePolicyValidation.Check(policy!, source);
        return policy!.Version <= version ? policy : throw new InvalidPolicyException(
            $"{source}: the field 'version' is {version}, which knows no {(policy.Pools && version < 2 ? "weights; a policy that pools" : "counts of classes; a policy that has them")} has version {policy.Version}.");
    }

    /// <summary>Writes a policy as indented JSON that ends in a line feed.</summary>
    public static string Write(CascadePolicy policy) => JsonSerializer.Serialize(policy, Options) + "\n";

    // The version is looked at first: a file of another version may have any other fields.
    private static int ReadVersion(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidPolicyException(
                    $"{source}: a cascade policy is a JSON object, not {document.RootElement.ValueKind.ToString().ToLowerInvariant()}.");
            }

            if (!document.RootElement.TryGetProperty("version", out JsonElement version))
                throw new InvalidPolicyException($"{source}: the field 'version' is missing; this tool reads the versions 1 to {CascadePolicy.NewestVersion}.");

            return version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out int number) && number is >= 1 and <= CascadePolicy.NewestVersion
                ? number
                : throw new InvalidPolicyException(
                    $"{source}: the field 'version' is {version.GetRawText()}; this tool reads the versions 1 to {CascadePolicy.NewestVersion}. Use the tool that wrote the policy, or search anew.");
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidPolicyException($"{source}: a field's name is not Unicode text. Search anew, or mend the file.", error);
        }
        catch (JsonException error)
        {
            throw new InvalidPolicyException(
                $"{source}: not valid JSON at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}.", error);
        }
    }

    private static string Describe(JsonException error, int version)
    {
        string field = error.Path is null or "$" ? "the policy" : $"the field '{error.Path[2..]}'";
        // System.Text.Json appends "Path: … | LineNumber: …", which the field's name already says.
        string message = error.Message.Split(" Path: ")[0];
        // The names of enums are ours; of numbers and dates the serializer throws the like itself, and says less than we do.
        if (error.InnerException is FormatException { Source: not "System.Text.Json.Rethrowable" } inner)
            return $"{field}: {inner.Message}.";

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"{field} is not one that version {version} knows; check its spelling.";

        int required = message.IndexOf("missing required properties", StringComparison.Ordinal);
        return required >= 0
            ? $"{field} lacks {message[(message.IndexOf(':', required) + 1)..].Trim().TrimEnd('.')}."
            : $"{field} has a value of the wrong kind (line {error.LineNumber + 1}).";
    }
}
