using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TinySaver.Core.Names;

namespace TinySaver.Core.Jobs;

/// <summary>Writes and reads the messages of jobs. Each thing that is wrong with one is said in a sentence.</summary>
public static class JobJson
{
    /// <summary>The most characters of a job's name.</summary>
    public const int MaxIdLength = 63;

    // The longest name of a blob.
    private const int MaxNameLength = 1024;

    private const int ExcerptLength = 80;

    private static readonly string[] ManifestEndings = [".csv", ".jsonl", ".parquet", ".json"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a text can name a job: it is part of blob names and table keys.</summary>
    public static bool IsId(string? text) =>
        text is { Length: > 0 and <= MaxIdLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The message of a request, with every member that is not the default.</summary>
    public static string Write(JobRequest request)
    {
        var message = new OrderedDictionary<string, object>
        {
            ["v"] = JobRequest.FormatVersion,
            ["id"] = request.Id,
            ["input"] = request.Manifest is { } manifest ? new Dictionary<string, string> { ["manifest"] = manifest } : new() { ["prefix"] = request.Prefix ?? "" },
            ["output"] = new Dictionary<string, string> { ["format"] = request.Format.Name() },
            ["overwrite"] = request.Overwrite.Name(),
        };
        if (request.FailAfterPercent is { } percent)
            message["failAfterPercent"] = percent;

        return JsonSerializer.Serialize(message, Plain);
    }

    /// <summary>The message of a chunk.</summary>
    public static string Write(ChunkMessage chunk)
    {
        return JsonSerializer.Serialize(new OrderedDictionary<string, object> { ["v"] = JobRequest.FormatVersion, ["job"] = chunk.Job, ["chunk"] = chunk.Number });
    }

    /// <summary>The images of a chunk, as the table <c>jobs</c> holds them.</summary>
    public static string Write(IEnumerable<JobImage> images) => JsonSerializer.Serialize(images.Select(Texts), Plain);

    /// <summary>How many characters an image takes of what <see cref="Write(IEnumerable{JobImage})"/> writes.</summary>
    public static int Length(JobImage image) => JsonSerializer.Serialize(Texts(image), Plain).Length + 1;

    /// <summary>The images that <see cref="Write(IEnumerable{JobImage})"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyList<JobImage> ReadImages(string text) =>
        [.. JsonSerializer.Deserialize<string[][]>(text)!.Select(i => new JobImage(i[0], i.ElementAtOrDefault(1)))];

    /// <summary>The request that a message holds.</summary>
    /// <param name="text">JSON, or Base64 of it, as some senders make of every message.</param>
    /// <param name="newId">Gives the name where the message has none; null where it must have one.</param>
    /// <exception cref="InvalidJobException">It holds none.</exception>
    public static JobRequest Read(string text, Func<string>? newId = null)
    {
        var message = Fields.Parse(text, "job message");
        message.Version();
        string id = message.Text("id") ?? newId?.Invoke() ?? throw message.Wrong("has no 'id'; expected a name for the job");
        if (!IsId(id))
            throw message.Wrong($"has the id '{Excerpt(id)}'; expected up to {MaxIdLength} letters, digits, dashes and underscores, the first a letter or digit");

        message.Id = id;
        Fields input = message.Object("input") ?? throw message.Wrong("has no 'input'; expected {\"prefix\": …} or {\"manifest\": …}");
        string? prefix = input.Text("prefix");
        string? manifest = input.Text("manifest");
        if (prefix is null == manifest is null)
            throw message.Wrong($"has {(prefix is null ? "neither 'prefix' nor" : "both 'prefix' and")} 'manifest' in its input; expected one of them");

        CheckPath(message, prefix is null ? "manifest" : "prefix", prefix ?? manifest!);
        if (manifest is not null && !Array.Exists(ManifestEndings, e => manifest.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            throw message.Wrong($"has the manifest '{Excerpt(manifest)}'; expected a name that ends in {string.Join(", ", ManifestEndings)}");

        Fields? output = message.Object("output");
        var request = new JobRequest(id)
        {
            Prefix = prefix,
            Manifest = manifest,
            Format = output?.Choice<JobFormat>("format") ?? default,
            Overwrite = message.Choice<JobOverwrite>("overwrite") ?? default,
            FailAfterPercent = message.Number("failAfterPercent"),
        };
        if (request.FailAfterPercent is not (null or >= 0 and <= 100))
            throw message.Wrong(FormattableString.Invariant($"has {request.FailAfterPercent} as its 'failAfterPercent'; expected a number from 0 to 100"));

        input.RefuseRest();
        output?.RefuseRest();
        message.RefuseRest();
        return request;
    }

    /// <summary>The chunk that a message stands for.</summary>
    /// <exception cref="InvalidJobException">It stands for none.</exception>
    public static ChunkMessage ReadChunk(string text)
    {
        var message = Fields.Parse(text, "chunk message");
        message.Version();
        string? job = message.Text("job");
        double? number = message.Number("chunk");
        if (!IsId(job) || number is not (>= 0 and <= int.MaxValue) || number != Math.Floor(number.Value))
            throw message.Wrong("has no 'job' and 'chunk' that name a part of a job");

        message.RefuseRest();
        return new(job!, (int)number);
    }

    private static string[] Texts(JobImage image) => image.ETag is null ? [image.Name] : [image.Name, image.ETag];

    private static void CheckPath(Fields message, string field, string path)
    {
        string? why = path switch
        {
            "" when field == "manifest" => "is empty",
            { Length: > MaxNameLength } => $"has {path.Length} characters; at most {MaxNameLength} are allowed",
            _ when path.Any(c => c == '\\' || char.IsControl(c)) => "has a backslash or a control character",
            _ when path.StartsWith('/') || path.Split('/').Any(s => s is "." or "..") => "leads out of its container: it begins with a slash, or has '.' or '..' between slashes",
            _ => null,
        };
        if (why is not null)
            throw message.Wrong($"has a {field} that {why}");
    }

    private static string Excerpt(string text) => text.Length <= ExcerptLength ? text : $"{text[..ExcerptLength]}…";

    /// <summary>A JSON object whose members are taken one by one, so that what is left over is unknown.</summary>
    private sealed class Fields(string what, string path, Dictionary<string, JsonElement> members)
    {
        public string? Id { get; set; }

        public static Fields Parse(string text, string what)
        {
            string json = text.TrimStart();
            try
            {
                if (!json.StartsWith('{') && Convert.FromBase64String(json.Trim()) is { } bytes)
                    json = Encoding.UTF8.GetString(bytes);

                using var document = JsonDocument.Parse(json);
                return new(what, "", Members(document.RootElement, what) ?? throw new JsonException("it is no object"));
            }
            catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
            {
                throw new InvalidJobException($"The {what} is no JSON object; it begins: {Excerpt(text)}", null, e);
            }
        }

        public void Version()
        {
            if (Number("v") is not { } version)
                throw Wrong($"has no format version 'v'; expected {JobRequest.FormatVersion}");

            if (version != JobRequest.FormatVersion)
                throw Wrong(FormattableString.Invariant($"has the format version {version}, and this program reads {JobRequest.FormatVersion}; update the app"));
        }

        public string? Text(string name) => Take(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => Decode(what, value.GetString),
            _ => throw Wrong($"has a '{path}{name}' that is no text"),
        };

        public double? Number(string name) => Take(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
            _ => throw Wrong($"has a '{path}{name}' that is no number"),
        };

        public T? Choice<T>(string name)
            where T : struct, Enum => Text(name) is not { } text
                ? null
                : EnumNames.Find<T>(text) ?? throw Wrong($"has '{Excerpt(text)}' as its '{path}{name}'; expected one of {string.Join(", ", EnumNames.All<T>())}");

        public Fields? Object(string name) => Take(name) is { } value
            ? new(what, $"{path}{name}.", Members(value, what) ?? throw Wrong($"has a '{path}{name}' that is no object")) { Id = Id }
            : null;

        public void RefuseRest()
        {
            if (members.Count > 0)
                throw Wrong($"has a field '{path}{Excerpt(members.Keys.First())}', which is not known");
        }

        public InvalidJobException Wrong(string why) => new($"The {what} {why}.", Id);

        private JsonElement? Take(string name) => members.Remove(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private static Dictionary<string, JsonElement>? Members(JsonElement element, string what)
        {
            if (element.ValueKind != JsonValueKind.Object)
                return null;

            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (JsonProperty member in element.EnumerateObject())
            {
                // It may mean either.
                string name = Decode(what, () => member.Name);
                if (!members.TryAdd(name, member.Value.Clone()))
                    throw new InvalidJobException($"The {what} has the field '{Excerpt(name)}' twice.");
            }

            return members;
        }

        // JSON can spell half a character; no text can hold it.
        private static string Decode(string what, Func<string?> read)
        {
            try
            {
                return read()!;
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidJobException($"The {what} has half a character in a text: one of \\ud800 to \\udfff without its other half.", null, e);
            }
        }
    }
}
