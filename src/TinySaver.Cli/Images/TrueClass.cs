using TinySaver.Core.Failures;

namespace TinySaver.Cli.Images;

/// <summary>Finds the true class of an image among a model's labels.</summary>
/// <param name="labels">The label texts; the index is the identity.</param>
internal sealed class TrueClass(IReadOnlyList<string> labels)
{
    private readonly Dictionary<string, int> _index = Index(labels);

    // A text that occurs twice cannot name a class: only an index can.
    private const int Ambiguous = -1;

    /// <summary>The true class of every image.</summary>
    /// <inheritdoc cref="Of"/>
    public static int?[] OfAll(IEnumerable<ImageFile> images, IReadOnlyList<string> labels) => [.. images.Select(new TrueClass(labels).Of)];

    /// <summary>The class index, or null where nothing says what the image shows.</summary>
    /// <remarks>A folder name that is no label is just a folder's name; a manifest's text that is no label is an error.</remarks>
    /// <exception cref="TinySaverException">A manifest names a class that the model does not have, or a text that two classes share.</exception>
    public int? Of(ImageFile image)
    {
        if (image.TrueClassIndex is { } index)
        {
            return index < labels.Count
                ? index
                : throw new TinySaverException($"{image.Path}: the class_index is {index}, but the model has the classes 0 to {labels.Count - 1}.");
        }

        if (image.TrueLabel is not { } text)
            return null;

        if (_index.TryGetValue(text, out int found) && found != Ambiguous)
            return found;

        if (!image.FromManifest)
            return null;

        throw new TinySaverException(found == Ambiguous && _index.ContainsKey(text)
            ? $"{image.Path}: the model has two classes labelled '{text}'; add the column class_index with its index."
            : $"{image.Path}: the label '{text}' is none of the model's {labels.Count} labels ({Few(labels)}).");
    }

    private static Dictionary<string, int> Index(IReadOnlyList<string> labels)
    {
        var index = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < labels.Count; i++)
        {
            if (!index.TryAdd(labels[i], i))
                index[labels[i]] = Ambiguous;
        }

        return index;
    }

    private static string Few(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(8).Select(l => $"'{l}'")) + (labels.Count > 8 ? ", …" : "");
}
