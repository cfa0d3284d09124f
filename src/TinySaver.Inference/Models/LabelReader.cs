using System.Globalization;
using System.Text.Json;

namespace TinySaver.Inference.Models;

/// <summary>Reads the labels of <c>config.json</c>: transformers' <c>id2label</c>, or timm's <c>label_names</c>.</summary>
internal static class LabelReader
{
    /// <summary>The labels by class index.</summary>
    /// <exception cref="InvalidModelException">There are none, or an index is missing or no number.</exception>
    public static LabelSet Read(ConfigObject config)
    {
        if (config.Object("id2label") is { } transformers && transformers.Element.EnumerateObject().Any())
            return new LabelSet(ByIndex(config, "id2label", transformers.Element));

        // timm's loader lets the top level win over pretrained_cfg, and knows `labels` as the older name.
        foreach (ConfigObject source in new[] { config, config.Object("pretrained_cfg") }.OfType<ConfigObject>())
        {
            foreach (string key in (ReadOnlySpan<string>)["label_names", "labels"])
            {
                if (source.Value(key) is { } names)
                    return new LabelSet(Described(Names(source, key, names), source.Object("label_descriptions") ?? config.Object("label_descriptions")));
            }
        }

        int? count = config.WholeNumber("num_classes") ?? config.WholeNumber("num_labels") ?? config.Object("pretrained_cfg")?.WholeNumber("num_classes");
        throw new InvalidModelException(
            $"{config.File} has no labels{(count is null ? "" : string.Create(CultureInfo.InvariantCulture, $", though it announces {count} classes"))}; " +
            "add 'id2label' ({\"0\": \"first label\", …}) or 'label_names' ([\"first label\", …]).");
    }

    private static string[] Names(ConfigObject source, string key, JsonElement names) => names.ValueKind switch
    {
        JsonValueKind.Object => ByIndex(source, key, names),
        JsonValueKind.Array => [.. names.EnumerateArray().Select(name => Text(source, key, name))],
        _ => throw source.Unexpected(key, names, "a list of labels"),
    };

    // timm keeps identifiers (WordNet ids) in label_names and what people read in label_descriptions.
    private static string[] Described(string[] names, ConfigObject? descriptions) =>
        descriptions is not null && names.All(name => descriptions.Element.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String)
            ? [.. names.Select(name => descriptions.Element.GetProperty(name).GetString()!)]
            : names;

    private static string[] ByIndex(ConfigObject source, string key, JsonElement map)
    {
        JsonProperty[] entries = map.EnumerateObject().ToArray();
        string?[] texts = new string?[entries.Length];
        foreach (JsonProperty entry in entries)
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                throw new InvalidModelException($"{source.File}: '{key}' has the key '{entry.Name}'; expected class indices 0, 1, 2, ….");
            if (index >= texts.Length || texts[index] is not null)
            {
                throw new InvalidModelException(
                    $"{source.File}: '{key}' has {texts.Length} entries, so expected every index from 0 to {texts.Length - 1} once, but found index {index}{(index < texts.Length ? " twice" : "")}.");
            }

            texts[index] = Text(source, $"{key}.{entry.Name}", entry.Value);
        }

        return texts!;
    }

    private static string Text(ConfigObject source, string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw source.Unexpected(key, value, "a label text");
}
