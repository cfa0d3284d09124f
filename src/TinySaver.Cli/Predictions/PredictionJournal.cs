using System.Text.Json;
using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Predictions;

/// <summary>Predictions as they are made, in a file beside the final one, so that an interrupted run can go on where it stopped.</summary>
/// <remarks>Each row is one line of JSON; a line that a crash cut off is left out when the journal is read again.</remarks>
internal sealed class PredictionJournal : IDisposable
{
    private const string Suffix = ".partial";

    private readonly string _path;
    private readonly StreamWriter _writer;
    private readonly Lock _lock = new();

    private PredictionJournal(string path, IReadOnlyDictionary<string, PredictionRow> earlier)
    {
        _path = path;
        Earlier = earlier;
        _writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>The rows of an earlier, interrupted run of the same model, by id.</summary>
    public IReadOnlyDictionary<string, PredictionRow> Earlier { get; }

    /// <summary>Opens the journal of a predictions file; rows of another model or version of this tool, or without logits where these are wanted, are dropped.</summary>
    public static PredictionJournal Open(string predictionsPath, string modelHash, bool logits)
    {
        string path = predictionsPath + Suffix;
        Dictionary<string, PredictionRow> earlier = [];
        if (File.Exists(path))
        {
            PredictionRow[] rows = [.. File.ReadLines(path).Select(Parse).OfType<PredictionRow>()
                .Where(r => r.Id is not null && r.ModelHash == modelHash && r.Confidences?.Length == ConfidenceMeasures.All.Count && r.Classes is not null && (r.Logits is not null || !logits))];
            foreach (PredictionRow row in rows)
                earlier[row.Id] = row;

            // Written anew: without the cut-off line, and without what is of no use.
            File.WriteAllLines(path, earlier.Values.Select(r => JsonSerializer.Serialize(r)));
        }

        return new(path, earlier);
    }

    /// <summary>Whether a predictions file has a journal: it is not whole yet, or was left with images to try again.</summary>
    public static bool Exists(string predictionsPath) => File.Exists(predictionsPath + Suffix);

    /// <summary>Adds a row; safe to call from several threads.</summary>
    public void Add(PredictionRow row)
    {
        string line = JsonSerializer.Serialize(row);
        lock (_lock)
            _writer.WriteLine(line);
    }

    /// <summary>Deletes the journal once the final file is whole.</summary>
    public void Delete()
    {
        _writer.Dispose();
        File.Delete(_path);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static PredictionRow? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<PredictionRow>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
