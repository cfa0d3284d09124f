using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Predictions;

/// <summary>One model's answers for the images of a data set, in columns. All columns have one element an image.</summary>
/// <param name="Name">The model's name in output.</param>
/// <param name="Source">Where the answers come from, for messages: a file or a model folder.</param>
/// <param name="Ids">The image ids.</param>
/// <param name="Labels">The true class's index; −1 where unknown.</param>
/// <param name="Classes">The predicted class's index.</param>
/// <param name="Confidences">The confidences by measure; empty for predictions that have none.</param>
/// <param name="Logits">All logits, row after row; null where they were not recorded.</param>
/// <param name="Keys">A number for each image that tells the same image under another name or in another order.</param>
/// <param name="LabelTexts">The texts that stand beside class indices, for people.</param>
/// <param name="Macs">Multiply-accumulate operations for one image; null where unknown.</param>
/// <param name="Milliseconds">Mean milliseconds an image on the machine that recorded; null where unknown.</param>
/// <param name="Model">The model folder; null where unknown.</param>
/// <param name="ModelHash">The content hash of the model folder; null where unknown.</param>
/// <param name="DataRoot">The folder that ids are relative to, where the image files are at hand.</param>
internal sealed record PredictionSet(
    string Name, string Source, string[] Ids, int[] Labels, int[] Classes, IReadOnlyDictionary<ConfidenceMeasure, float[]> Confidences,
    float[]? Logits, ulong[] Keys, IReadOnlyDictionary<int, string> LabelTexts, long? Macs, double? Milliseconds,
    string? Model, string? ModelHash, string? DataRoot = null)
{
    /// <summary>The number of images.</summary>
    public int Count => Ids.Length;

    /// <summary>Classes in a row of <see cref="Logits"/>.</summary>
    public int LogitClasses => Logits is null || Count == 0 ? 0 : Logits.Length / Count;

    /// <summary>The likeliest classes of every image with their probabilities, likeliest first; null where they were not recorded.</summary>
    public (int[] Classes, float[] Probabilities)[]? TopK { get; init; }

    /// <summary>The number of classes as the file says it; null where it does not.</summary>
    public int? ListedClasses { get; init; }

    /// <summary>The number of classes, or the least that there must be where nothing says how many.</summary>
    public int ClassCount => Logits is not null ? LogitClasses : ListedClasses ?? Math.Max(2, LeastClasses);

    /// <summary>One more than the highest class index that occurs.</summary>
    public int LeastClasses => 1 + Classes.Concat(Labels).Concat(LabelTexts.Keys).Concat(TopK?.SelectMany(t => t.Classes) ?? []).Max();

    /// <summary>How far the images are labelled.</summary>
    public Labelling Labelling => Labels.AsSpan().ContainsAnyExcept(Labellings.Unknown) ? Labellings.Of(Labels) : Labelling.None;

    /// <summary>The label texts by class index; empty where there are none.</summary>
    public IReadOnlyList<string> Texts => LabelTexts.Count == 0
        ? []
        : [.. Enumerable.Range(0, LabelTexts.Keys.Max() + 1).Select(i => LabelTexts.GetValueOrDefault(i, $"class {i}"))];

    /// <summary>The key of an image: from its content hash where there is one, else from its id.</summary>
    public static ulong KeyOf(string id, string? contentHash) =>
        contentHash is { Length: >= 16 } && ulong.TryParse(contentHash.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong key)
            ? key
            : BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>The confidence of every image, recorded or made from logits; null where neither can be.</summary>
    public float[]? ConfidencesAt(ConfidenceMeasure measure, float temperature) =>
        temperature == 1f && Confidences.TryGetValue(measure, out float[]? recorded) ? recorded
            : Logits is { } logits ? FromLogits(logits, LogitClasses, measure, temperature)
            : null;

    /// <summary>What the model says of every image, for pooling: from its logits, its recorded likeliest classes or its class and highest probability; null where none of them will do.</summary>
    /// <param name="temperature">The temperature; only logits can be brought to one other than 1.</param>
    /// <param name="classCount">The number of all classes.</param>
    public EvidenceTable? EvidenceAt(float temperature, int classCount) =>
        Logits is { } logits ? EvidenceTable.FromLogits(logits, LogitClasses, temperature)
        : temperature != 1f ? null
        : TopK is { } likeliest ? EvidenceTable.Of(likeliest, classCount)
        : Confidences.TryGetValue(ConfidenceMeasure.MaxProbability, out float[]? highest)
            ? EvidenceTable.Of([.. Classes.Zip(highest, (c, p) => (new[] { c }, new[] { p }))], classCount)
        : null;

    /// <summary>The confidence of every row of logits.</summary>
    /// <param name="logits">All logits, row after row.</param>
    /// <param name="classes">The length of a row.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="temperature">The temperature, positive.</param>
    public static float[] FromLogits(ReadOnlySpan<float> logits, int classes, ConfidenceMeasure measure, float temperature)
    {
        float[] confidences = new float[logits.Length / classes];
        float[] probabilities = new float[classes];
        for (int i = 0; i < confidences.Length; i++)
        {
            Probabilities.From(logits.Slice(i * classes, classes), ScoreKind.Logits, temperature, probabilities);
            confidences[i] = ConfidenceMeasures.Of(probabilities, measure);
        }

        return confidences;
    }

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
            TopK = TopK is { } likeliest ? Take(likeliest) : null,
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
