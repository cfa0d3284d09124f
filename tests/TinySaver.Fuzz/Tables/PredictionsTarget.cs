using System.Text.Json;
using TinySaver.Cli.Predictions;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damaged predictions files: what is read has an answer for every image, and confidences between 0 and 1.</summary>
internal sealed class PredictionsTarget(string extension) : TableTarget(
    extension,
    Written(extension, static path => PredictionFile.WriteAsync(path, Rows(logits: true))),
    Written(extension, static path => PredictionFile.WriteAsync(path, Rows(logits: false))),
    Written(extension, Others))
{
    private static readonly Shares[] Others = [new("a", 0, "0.75 0.25"), new("b", 1, "0.5 0.5")];

    private sealed record Shares(string Id, int ClassIndex, string Probabilities);

    /// <summary>Sound rows, all columns filled.</summary>
    public static PredictionRow[] Rows(bool logits) => [.. Enumerable.Range(0, 24).Select(i => new PredictionRow
    {
        Id = $"pits/{i * 7919 % 1000:D4}.jpg",
        ClassIndex = i % 3,
        Class = $"class {i % 3}",
        LabelIndex = i % 4,
        Label = $"class {i % 4}",
        Confidences = [1f / (i + 1), 0.5f / (i + 1), 0.25f / (i + 1)],
        TopK = $"{i % 3}:0.5",
        Logits = logits ? $"{i}.5 -1E-3 0 2" : null,
        Milliseconds = 1.5f * i,
        ContentHash = $"{i:x16}",
        Macs = 1000,
        Model = "models/tiny",
        ModelHash = new string('a', 64),
    })];

    protected override void Use(Table table)
    {
        PredictionSet set = PredictionFile.Parse(table, "fuzzed");
        if (set.Count == 0 || set.Classes.Length != set.Count || set.Labels.Length != set.Count || set.Keys.Length != set.Count)
            throw new FuzzFault("The columns differ in length.");
        if (set.Confidences.Values.Any(c => c.Length != set.Count || c.Any(static v => v is not (>= 0 and <= 1))))
            throw new FuzzFault("A confidence is none.");
        if (set.Classes.Any(static c => c < 0) || set.Logits?.All(float.IsFinite) == false)
            throw new FuzzFault("A class or a logit is none.");
    }
}

/// <summary>Damaged journals of an interrupted prediction: what is sound is taken over, the rest dropped.</summary>
internal sealed class JournalTarget : FuzzTarget
{
    private static readonly byte[] Sound = [.. PredictionsTarget.Rows(logits: true).SelectMany(static row => JsonSerializer.SerializeToUtf8Bytes(row).Append((byte)'\n'))];

    private readonly string _folder = Directory.CreateTempSubdirectory("tinysaver-fuzz-").FullName;

    public override string Extension => ".partial";

    public override string Try(Random random)
    {
        Input = Mutator.Damage(Sound, Sound, Sound.Length, random);
        string path = Path.Combine(_folder, "predictions.parquet");
        File.WriteAllBytes(path + Extension, Input);
        using var journal = PredictionJournal.Open(path, new string('a', 64), logits: false);
        return journal.Earlier.Count == 24 ? "all rows" : "some rows";
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
