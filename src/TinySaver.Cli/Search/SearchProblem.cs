using TinySaver.Calibration.Search;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Search;

/// <summary>The predictions that a search and its test rest on, all in the large model's order of images and classes.</summary>
internal sealed record SearchProblem
{
    /// <summary>Where the large model's predictions come from.</summary>
    public required PredictionSource LargeSource { get; init; }

    /// <summary>Where the savers' come from, in the order of the options.</summary>
    public required IReadOnlyList<PredictionSource> SaverSources { get; init; }

    /// <summary>The large model on the calibration images.</summary>
    public required PredictionSet Large { get; init; }

    /// <summary>The savers on the calibration images.</summary>
    public required IReadOnlyList<PredictionSet> Savers { get; init; }

    /// <summary>The large model on the test images; null without a test set.</summary>
    public PredictionSet? TestLarge { get; init; }

    /// <summary>The savers on the test images; empty without a test set.</summary>
    public IReadOnlyList<PredictionSet> TestSavers { get; init; } = [];

    /// <summary>Loads all predictions, predicting where needed.</summary>
    /// <exception cref="TinySaverException">A source cannot be used, or the models do not cover the same images and classes.</exception>
    public static async Task<SearchProblem> LoadAsync(
        Terminal terminal, string large, IReadOnlyList<string> savers, SearchData data, PredictionSourceOptions options, CancellationToken cancellationToken)
    {
        var largeSource = PredictionSource.Parse(large);
        PredictionSource[] saverSources = [.. savers.Select(PredictionSource.Parse)];
        if (saverSources.GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
            throw new TinySaverException($"Two savers are called '{repeated.Key}'; give each its own name, as in --saver {repeated.Key}-2=PATH.");

        (PredictionSet first, PredictionSet[] others) = await PredictAsync([largeSource, .. saverSources], data.Calibration);
        var problem = new SearchProblem { LargeSource = largeSource, SaverSources = saverSources, Large = first, Savers = others };
        if (data.Test.Count > 0)
        {
            (PredictionSet testLarge, PredictionSet[] testSavers) = await PredictAsync(problem.TestSources(data.Test), data.Test[0]);
            return problem.WithTest(testLarge, testSavers);
        }

        return data.Split is { } share ? problem.Divide(share, data.Seed) : problem;

        async Task<(PredictionSet, PredictionSet[])> PredictAsync(PredictionSource[] sources, string? images)
        {
            PredictionSet largeSet = await sources[0].LoadAsync(terminal, images, options, cancellationToken);
            var saverSets = new PredictionSet[sources.Length - 1];
            for (int i = 0; i < saverSets.Length; i++)
            {
                PredictionSet loaded = await sources[i + 1].LoadAsync(terminal, images, options, cancellationToken);
                saverSets[i] = PredictionAlignment.Align(loaded, sources[i + 1].Folder, largeSet, sources[0].Folder);
            }

            return (largeSet, saverSets);
        }
    }

    /// <summary>The input of the search, with temperatures fitted on the rows that may.</summary>
    /// <param name="fitRows">The rows on which temperatures may be fitted; null for none.</param>
    /// <param name="costOf">What an image costs a model.</param>
    public SearchInput ToInput(IReadOnlyList<int>? fitRows, Func<PredictionSet, double> costOf)
    {
        int[] targets = Large.Labelled ? Large.Labels : Large.Classes;
        return new(
            new(Large.Name, costOf(Large), Large.Classes),
            [.. Savers.Select(s => new SaverPredictions(s.Name, costOf(s), s.Classes, CandidateColumns.Of(s, fitRows, targets)))],
            Large.Labelled ? Large.Labels : ReadOnlyMemory<int>.Empty)
        {
            SampleKeys = Large.Keys,
        };
    }

    // Models predict on one data set; recorded predictions come as one file a model.
    private PredictionSource[] TestSources(IReadOnlyList<string> test)
    {
        PredictionSource[] models = [LargeSource, .. SaverSources];
        if (test.Count == 1 && Array.TrueForAll(models, m => m.Folder is not null))
            return models;

        return test.Count == models.Length && !test.Any(Directory.Exists)
            ? [.. test.Select(PredictionSource.Parse)]
            : throw new TinySaverException(
                $"--test takes one data set for model folders to predict on, or {models.Length} predictions files: the large model's, then one for each --saver in their order. Recorded predictions can also be divided by --split.");
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

    private SearchProblem Divide(double testShare, int seed)
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
