using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Predictions;

/// <summary>One model's answers for the images of a data set, in columns. All columns have one element an image.</summary>
internal sealed record PredictionSet
{
    /// <summary>The model's name in output.</summary>
    public required string Name { get; init; }

    /// <summary>Where the answers come from, for messages: a file or a model folder.</summary>
    public required string Source { get; init; }

    /// <summary>The image ids.</summary>
    public required string[] Ids { get; init; }

    /// <summary>The true class's index; −1 where unknown.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The predicted class's index.</summary>
    public required int[] Classes { get; init; }

    /// <summary>The confidences by measure; empty for predictions that have none.</summary>
    public required IReadOnlyDictionary<ConfidenceMeasure, float[]> Confidences { get; init; }

    /// <summary>All logits, row after row; null where they were not recorded.</summary>
    public float[]? Logits { get; init; }

    /// <summary>A number for each image that tells the same image under another name or in another order.</summary>
    public required ulong[] Keys { get; init; }

    /// <summary>The texts that stand beside class indices, for people.</summary>
    public required IReadOnlyDictionary<int, string> LabelTexts { get; init; }

    /// <summary>Multiply-accumulate operations for one image; null where unknown.</summary>
    public long? Macs { get; init; }

    /// <summary>Mean milliseconds an image on the machine that recorded; null where unknown.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>The model folder; null where unknown.</summary>
    public string? Model { get; init; }

    /// <summary>The content hash of the model folder; null where unknown.</summary>
    public string? ModelHash { get; init; }

    /// <summary>The folder that ids are relative to, where the image files are at hand.</summary>
    public string? DataRoot { get; init; }

    /// <summary>The number of images.</summary>
    public int Count => Ids.Length;

    /// <summary>Classes in a row of <see cref="Logits"/>.</summary>
    public int LogitClasses => Logits is null || Count == 0 ? 0 : Logits.Length / Count;

    /// <summary>Whether every image has a true class.</summary>
    public bool Labelled => Count > 0 && Labels.AsSpan().IndexOf(-1) < 0;

    /// <summary>The key of an image: from its content hash where there is one, else from its id.</summary>
    public static ulong KeyOf(string id, string? contentHash) =>
        contentHash is { Length: >= 16 } && ulong.TryParse(contentHash.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong key)
            ? key
            : BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>The rows of some images, in the given order.</summary>
    public PredictionSet Select(IReadOnlyList<int> rows)
    {
        int classes = LogitClasses;
        return this with
        {
            Ids = Take(Ids),
            Labels = Take(Labels),
            Classes = Take(Classes),
            Keys = Take(Keys),
            Confidences = Confidences.ToDictionary(c => c.Key, c => Take(c.Value)),
            Logits = Logits is { } logits ? [.. rows.SelectMany(r => new ArraySegment<float>(logits, r * classes, classes))] : null,
        };

        T[] Take<T>(T[] column) => [.. rows.Select(r => column[r])];
    }

    /// <summary>The same answers in the order of another set's ids.</summary>
    /// <exception cref="TinySaverException">The two do not cover the same images.</exception>
    public PredictionSet InOrderOf(PredictionSet other)
    {
        if (Ids.AsSpan().SequenceEqual(other.Ids))
            return this;

        var rows = Ids.Select((id, row) => (id, row)).ToDictionary(p => p.id, p => p.row, StringComparer.Ordinal);
        string[] missing = [.. other.Ids.Where(id => !rows.ContainsKey(id))];
        HashSet<string> others = other.Ids.ToHashSet(StringComparer.Ordinal);
        string[] extra = [.. Ids.Where(id => !others.Contains(id))];
        return missing.Length == 0 && extra.Length == 0
            ? Select([.. other.Ids.Select(id => rows[id])])
            : throw new TinySaverException(
                $"'{Source}' and '{other.Source}' do not cover the same images: {Describe(missing, Source)}; {Describe(extra, other.Source)}. Predict both on the same data.");
    }

    private static string Describe(string[] ids, string source) => ids.Length == 0
        ? $"none is missing in '{source}'"
        : $"{ids.Length} {(ids.Length == 1 ? "is" : "are")} missing in '{source}' ({string.Join(", ", ids.Take(3).Select(i => $"'{i}'"))}{(ids.Length > 3 ? ", …" : "")})";
}
