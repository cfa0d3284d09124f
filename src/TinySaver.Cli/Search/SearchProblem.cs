using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Search;

/// <summary>The images of a search.</summary>
/// <param name="Calibration">The calibration set; null where all predictions are recorded.</param>
/// <param name="Test">The test set, or recorded predictions of it: the large model's and those of each saver in order; empty without one.</param>
/// <param name="Split">The share of the calibration images to set aside as the test set; null for none.</param>
/// <param name="Seed">The seed of that division and of the search's own.</param>
internal sealed record SearchData(string? Calibration, IReadOnlyList<string> Test, double? Split, int Seed);

/// <summary>The predictions that a search and its test rest on, all in the large model's order of images and classes.</summary>
/// <param name="Sources">Where the predictions come from: the large model's, then the savers' in the order of the options.</param>
/// <param name="Large">The large model on the calibration images.</param>
/// <param name="Savers">The savers on the calibration images.</param>
internal sealed record SearchProblem(PredictionSource[] Sources, PredictionSet Large, IReadOnlyList<PredictionSet> Savers)
{
    // A temperature this near to 1 changes no threshold that matters; trying both would only cost candidates.
    private const float LeastChange = 0.02f;

    /// <summary>The large model on the test images; null without a test set.</summary>
    public PredictionSet? TestLarge { get; init; }

    /// <summary>The savers on the test images; empty without a test set.</summary>
    public IReadOnlyList<PredictionSet> TestSavers { get; init; } = [];

    /// <summary>Loads all predictions, predicting where needed.</summary>
    /// <exception cref="TinySaverException">A source cannot be used, or the models do not cover the same images and classes.</exception>
    public static async Task<SearchProblem> LoadAsync(
        Terminal terminal, string large, IReadOnlyList<string> savers, SearchData data, PredictionSourceOptions options, CancellationToken cancellationToken)
    {
        PredictionSource[] sources = [PredictionSource.Parse(large), .. savers.Select(PredictionSource.Parse)];
        if (sources.Skip(1).GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
            throw new TinySaverException($"Two savers are called '{repeated.Key}'; give each its own name, as in --saver {repeated.Key}-2=PATH.");

        (PredictionSet first, PredictionSet[] others) = await PredictionSource.LoadAllAsync(terminal, sources, data.Calibration, options, cancellationToken);
        var problem = new SearchProblem(sources, first, others);
        if (data.Test.Count == 0)
            return data.Split is { } share ? problem.Divide(share, data.Seed) : problem;

        (first, others) = await PredictionSource.LoadAllAsync(terminal, problem.TestSources(data.Test), data.Test[0], options with { Reviews = null }, cancellationToken);
        return problem.WithTest(first, others);
    }

    /// <summary>The input of the search, with temperatures fitted on the rows that may.</summary>
    /// <param name="fitRows">The rows on which temperatures may be fitted; null for none.</param>
    /// <param name="labels">The true classes as the search is to know them.</param>
    /// <param name="costOf">What an image costs a model.</param>
    public SearchInput ToInput(IReadOnlyList<int>? fitRows, ReadOnlyMemory<int> labels, Func<PredictionSet, double> costOf)
    {
        // What selects must not depend on which images somebody chose to label: either all labels count or none.
        ReadOnlyMemory<int> targets = Labellings.Of(labels.Span) == Labelling.All ? labels : Large.Classes;
        int classes = Savers.Append(Large).Max(s => s.ClassCount);
        return new(
            new(Large.Name, costOf(Large), Large.Classes, Large.EvidenceAt(1f, classes)),
            [.. Savers.Select(s => new SaverPredictions(s.Name, costOf(s), s.Classes, Columns(s, fitRows, targets, classes)))],
            labels)
        {
            SampleKeys = Large.Keys,
        };
    }

    /// <summary>The input of a search by a rule; temperatures are fitted where it lets them.</summary>
    /// <remarks>They look at outcomes: where a rule certifies they are fitted on the images that select, and the search must know which those are.</remarks>
    /// <exception cref="TinySaverException">There are no images.</exception>
    public SearchInput Prepare(ReadOnlyMemory<int> labels, SearchRule rule, SearchOptions options, Func<PredictionSet, double> costOf)
    {
        if (Large.Count == 0)
            throw new TinySaverException("There are no images to search on.");

        if (Savers.All(s => s.Logits is null))
            return ToInput(null, labels, costOf);

        SampleSplit? split = rule.DrawSplit(Large.Keys, options, labelled: !labels.IsEmpty);
        return ToInput(split?.Selection ?? [.. Enumerable.Range(0, Large.Count)], labels, costOf) with { Split = split };
    }

    // The columns that the search tries for a saver: every measure, at temperature 1 and at one fitted to the targets of some rows.
    private static List<ConfidenceColumn> Columns(PredictionSet set, IReadOnlyList<int>? fitRows, ReadOnlyMemory<int> targets, int classCount)
    {
        EvidenceTable? evidence = set.EvidenceAt(1f, classCount);
        List<ConfidenceColumn> columns = [.. set.Confidences.Select(c => new ConfidenceColumn(c.Key, 1f, c.Value, evidence))];
        if (set.Logits is { } logits && fitRows is { Count: > 0 })
        {
            int classes = set.LogitClasses;
            float[] rows = new float[fitRows.Count * classes];
            for (int i = 0; i < fitRows.Count; i++)
                logits.AsSpan(fitRows[i] * classes, classes).CopyTo(rows.AsSpan(i * classes));

            float temperature = TemperatureFit.Fit(rows, classes, [.. fitRows.Select(r => targets.Span[r])]);
            if (MathF.Abs(temperature - 1) > LeastChange)
            {
                evidence = set.EvidenceAt(temperature, classCount);
                columns.AddRange(ConfidenceMeasures.All.Select(
                    m => new ConfidenceColumn(m, temperature, PredictionSet.FromLogits(logits, classes, m, temperature), evidence)));
            }
        }

        return columns;
    }

    // Models predict on one data set; recorded predictions come as one file a model.
    private PredictionSource[] TestSources(IReadOnlyList<string> test)
    {
        if (test.Count == 1 && Array.TrueForAll(Sources, m => m.Folder is not null))
            return Sources;

        return test.Count == Sources.Length && !test.Any(Directory.Exists)
            ? [.. test.Select(PredictionSource.Parse)]
            : throw new TinySaverException(
                $"--test takes one data set for model folders to predict on, or {Sources.Length} predictions files: the large model's, then one for each --saver in their order. Recorded predictions can also be divided by --split.");
    }

    private SearchProblem WithTest(PredictionSet large, PredictionSet[] savers)
    {
        PredictionAlignment.CheckTexts(large, Large);
        foreach ((PredictionSet test, PredictionSet calibrated) in new[] { large }.Concat(savers).Zip(new[] { Large }.Concat(Savers)))
        {
            if (test.ModelHash is { } hash && calibrated.ModelHash is { } expected && hash != expected)
            {
                throw new TinySaverException(
                    $"'{test.Source}' was predicted by another model than '{calibrated.Source}': their model_hash differ. Give --test the large model's file first, then one for each --saver in their order.");
            }
        }

        return this with { TestLarge = large, TestSavers = [.. savers.Zip(Savers, (test, calibrated) => test with { Name = calibrated.Name })] };
    }

    /// <summary>Sets a share of the images aside as the test set.</summary>
    /// <exception cref="TinySaverException">There is only one image.</exception>
    public SearchProblem Divide(double testShare, int seed)
    {
        if (Large.Count < 2)
            throw new TinySaverException($"--split divides the images, but there is only {Large.Count}; give more, or a test set with --test.");

        // Another stream than the search's own split, which draws from the same keys.
        int testing = Math.Clamp((int)Math.Round(testShare * Large.Count), 1, Large.Count - 1);
        var split = SampleSplit.Draw(Large.Count, Large.Keys, testing, (ulong)seed ^ 0x7E57_5E7UL);
        return this with
        {
            Large = Large.Select(split.Certification),
            Savers = [.. Savers.Select(s => s.Select(split.Certification))],
            TestLarge = Large.Select(split.Selection),
            TestSavers = [.. Savers.Select(s => s.Select(split.Selection))],
        };
    }
}
