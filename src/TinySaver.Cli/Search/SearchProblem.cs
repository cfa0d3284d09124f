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
        PredictionSource largeSource = PredictionSource.Parse(large);
        PredictionSource[] saverSources = [.. savers.Select(PredictionSource.Parse)];
        if (saverSources.GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
        {
            throw new TinySaverException($"Two savers are called '{repeated.Key}'; give each its own name, as in --saver {repeated.Key}-2=PATH.");
        }

        (PredictionSet first, PredictionSet[] others) = await PredictAsync(data.Calibration);
        var problem = new SearchProblem { LargeSource = largeSource, SaverSources = saverSources, Large = first, Savers = others };
        if (data.Test is { } test)
        {
            if (largeSource.Folder is null || saverSources.Any(s => s.Folder is null))
            {
                throw new TinySaverException("--test needs model folders to predict with; recorded predictions are divided by --split, or tested later by `tinysaver evaluate`.");
            }

            (PredictionSet testLarge, PredictionSet[] testSavers) = await PredictAsync(test);
            return problem with { TestLarge = testLarge, TestSavers = testSavers };
        }

        return data.Split is { } share ? problem.Divide(share, data.Seed) : problem;

        async Task<(PredictionSet, PredictionSet[])> PredictAsync(string? images)
        {
            PredictionSet largeSet = await largeSource.LoadAsync(terminal, images, options, cancellationToken);
            var saverSets = new PredictionSet[saverSources.Length];
            for (int i = 0; i < saverSets.Length; i++)
            {
                PredictionSet loaded = await saverSources[i].LoadAsync(terminal, images, options, cancellationToken);
                saverSets[i] = PredictionAlignment.Align(loaded, saverSources[i].Folder, largeSet, largeSource.Folder);
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

    private SearchProblem Divide(double testShare, int seed)
    {
        if (Large.Count < 2)
        {
            throw new TinySaverException($"--split divides the images, but there is only {Large.Count}; give more, or a test set with --test.");
        }

        // Another stream than the search's own split, which draws from the same keys.
        int testing = Math.Clamp((int)Math.Round(testShare * Large.Count), 1, Large.Count - 1);
        SampleSplit split = SampleSplit.Draw(Large.Count, Large.Keys, testing, (ulong)seed ^ 0x7E57_5E7UL);
        return this with
        {
            Large = Large.Select(split.Certification),
            Savers = [.. Savers.Select(s => s.Select(split.Certification))],
            TestLarge = Large.Select(split.Selection),
            TestSavers = [.. Savers.Select(s => s.Select(split.Selection))],
        };
    }
}
