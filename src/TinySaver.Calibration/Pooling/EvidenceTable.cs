using TinySaver.Core.Confidence;
using TinySaver.Core.Pooling;

namespace TinySaver.Calibration.Pooling;

/// <summary>The <see cref="Evidence"/> of one model on many images, row by row.</summary>
public sealed class EvidenceTable
{
    // A row that lists fewer classes is filled up.
    private const int NoClass = -1;

    private readonly int _width;
    private readonly int[] _classes;
    private readonly float[] _probabilities;

    private EvidenceTable(int count, int classCount, int width)
    {
        (Count, ClassCount, _width) = (count, classCount, width);
        _classes = new int[count * width];
        _probabilities = new float[count * width];
        Array.Fill(_classes, NoClass);
    }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>The number of all classes.</summary>
    public int ClassCount { get; }

    /// <summary>The evidence of recorded rows.</summary>
    /// <param name="rows">The listed classes and their probabilities of each image, likeliest first; those beyond <see cref="Evidence.MostClasses"/> are left out.</param>
    /// <param name="classCount">The number of all classes, at least 2.</param>
    public static EvidenceTable Of(IReadOnlyList<(int[] Classes, float[] Probabilities)> rows, int classCount)
    {
        int width = Math.Min(Evidence.MostClasses, rows.Max(r => r.Classes.Length));
        var table = new EvidenceTable(rows.Count, classCount, width);
        for (int row = 0; row < rows.Count; row++)
        {
            int listed = Math.Min(width, rows[row].Classes.Length);
            rows[row].Classes.AsSpan(0, listed).CopyTo(table._classes.AsSpan(row * width));
            rows[row].Probabilities.AsSpan(0, listed).CopyTo(table._probabilities.AsSpan(row * width));
        }

        return table;
    }

    /// <summary>The evidence of logits at a temperature.</summary>
    /// <param name="logits">Logits of all images, one row after the other.</param>
    /// <param name="classCount">The length of a row, at least 2.</param>
    /// <param name="temperature">The temperature, positive.</param>
    public static EvidenceTable FromLogits(ReadOnlySpan<float> logits, int classCount, float temperature)
    {
        int width = Math.Min(Evidence.MostClasses, classCount);
        var table = new EvidenceTable(logits.Length / classCount, classCount, width);
        float[] probabilities = new float[classCount];
        for (int row = 0; row < table.Count; row++)
        {
            Probabilities.From(logits.Slice(row * classCount, classCount), ScoreKind.Logits, temperature, probabilities);
            var evidence = Evidence.Of(probabilities, classIndices: [], model: null);
            evidence.Classes.CopyTo(table._classes, row * width);
            evidence.Probabilities.CopyTo(table._probabilities, row * width);
        }

        return table;
    }

    /// <summary>The classes that a row lists, likeliest first.</summary>
    public ReadOnlySpan<int> Classes(int row)
    {
        ReadOnlySpan<int> classes = _classes.AsSpan(row * _width, _width);
        return classes.IndexOf(NoClass) is >= 0 and int end ? classes[..end] : classes;
    }

    /// <summary>Their probabilities.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int row) => _probabilities.AsSpan(row * _width, Classes(row).Length);

    /// <summary>Adds a row's evidence to a pool.</summary>
    public void AddTo(OpinionPool pool, int row, double weight) => pool.Add(Classes(row), ProbabilitiesOf(row), weight);
}
