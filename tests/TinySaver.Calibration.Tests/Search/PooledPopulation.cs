using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Search;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Tests.Search;

/// <summary>A finite population of images with what every model says of each, so that the true drop of any pooled cascade is a count over all of them.</summary>
/// <remarks>
/// A model's logits are its skill for the true class and noise, of which all models share a part: so their errors overlap, but not wholly, and
/// pooling them can gain. Draws are with replacement: independent images of one distribution.
/// </remarks>
internal sealed class PooledPopulation
{
    private const int Classes = 6;
    private const double SharedNoise = 1.2;

    private readonly int[] _labels;
    private readonly float[][] _logits;
    private readonly double[] _costs;
    private readonly EvidenceTable[] _evidence;
    private readonly PooledAnswers[] _alone;

    /// <param name="size">Number of images.</param>
    /// <param name="models">Skill and own noise of each model, the large one last.</param>
    /// <param name="costs">Costs of the savers; the large model's is 1.</param>
    public PooledPopulation(int size, (double Skill, double Noise)[] models, double[] costs)
    {
        _costs = costs;
        var random = new Random(20261127);
        _labels = new int[size];
        _logits = [.. models.Select(_ => new float[size * Classes])];
        for (int i = 0; i < size; i++)
        {
            _labels[i] = random.Next(Classes);
            for (int c = 0; c < Classes; c++)
            {
                double shared = SharedNoise * Gaussian(random);
                for (int m = 0; m < models.Length; m++)
                    _logits[m][(i * Classes) + c] = (float)((c == _labels[i] ? models[m].Skill : 0) + shared + (models[m].Noise * Gaussian(random)));
            }
        }

        _evidence = [.. _logits.Select(all => EvidenceTable.FromLogits(all, Classes, 1))];
        _alone = [.. _evidence.Select(e => PooledAnswers.Of([e], [1]))];
    }

    /// <summary>The savers' names by their number.</summary>
    public static string Name(int saver) => $"s{saver}";

    /// <summary>Images drawn at random, some of whose labels may be hidden.</summary>
    public SearchInput Draw(int samples, int seed, ConfidenceMeasure[]? measures = null)
    {
        var random = new Random(seed);
        int[] rows = [.. Enumerable.Range(0, samples).Select(_ => random.Next(_labels.Length))];
        return Input(rows, measures ?? [ConfidenceMeasure.MaxProbability, ConfidenceMeasure.Margin]);
    }

    /// <summary>Accuracy of the large model less that of a cascade, over the whole population.</summary>
    public double TrueDrop(CascadeChoice choice) => Point(choice).AccuracyDrop!.Value;

    /// <summary>What a cascade does on the whole population.</summary>
    public OperatingPoint Point(CascadeChoice choice)
    {
        int[] savers = [.. choice.Savers.Select(s => int.Parse(s.Saver.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture))];
        int[] models = [.. savers, _logits.Length - 1];
        return Point(choice, [.. models.Select(m => _evidence[m])], [.. models.Select(m => _alone[m])], _labels);
    }

    /// <summary>How a cascade differs from the large model on some images of a draw.</summary>
    public static Differences Differences(SearchInput input, CascadeChoice choice, IReadOnlyList<int> rows)
    {
        EvidenceTable[] evidence = [.. choice.Savers.Select(s => input.Savers.Single(p => p.Name == s.Saver).Confidences[0].Evidence!), input.Large.Evidence!];
        EvidenceTable[] some = [.. evidence.Select(e => EvidenceTable.Of([.. rows.Select(r => (e.Classes(r).ToArray(), e.ProbabilitiesOf(r).ToArray()))], Classes))];
        return Point(choice, some, [.. some.Select(e => PooledAnswers.Of([e], [1]))], [.. rows.Select(r => input.Labels.Span[r])]).Differences;
    }

    private static OperatingPoint Point(CascadeChoice choice, EvidenceTable[] evidence, PooledAnswers[] alone, int[] labels)
    {
        var replays = new List<ReplaySaver>();
        for (int i = 0; i < choice.Savers.Count; i++)
        {
            SaverSetting setting = choice.Savers[i];
            PooledAnswers answers = setting.Weights is { } pooled ? PooledAnswers.Of(evidence[..(i + 1)], pooled) : alone[i];
            replays.Add(new(answers.Classes, answers.By(setting.Measure), setting.Threshold, setting.CostRatio));
        }

        int[] large = alone[^1].Classes;
        int[] escalated = choice.LargeWeights is { } weights ? PooledAnswers.Of(evidence, weights).Classes : large;
        return OperatingPoint.Of(CascadeReplay.Run(replays, escalated), large, labels);
    }

    private SearchInput Input(int[] rows, ConfidenceMeasure[] measures)
    {
        EvidenceTable[] evidence = [.. _logits.Select(all => EvidenceTable.FromLogits(Take(all, rows), Classes, 1))];
        PooledAnswers[] alone = [.. evidence.Select(e => PooledAnswers.Of([e], [1]))];
        return new SearchInput(
            new ModelPredictions("large", 1, alone[^1].Classes, evidence[^1]),
            [.. _costs.Select((cost, s) => new SaverPredictions(Name(s), cost, alone[s].Classes,
                [.. measures.Select(m => new ConfidenceColumn(m, 1, alone[s].By(m), evidence[s]))]))],
            rows.Select(r => _labels[r]).ToArray());
    }

    private static float[] Take(float[] logits, int[] rows) => [.. rows.SelectMany(r => new ArraySegment<float>(logits, r * Classes, Classes))];

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
