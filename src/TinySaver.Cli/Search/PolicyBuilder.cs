using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Search;

/// <summary>Makes the policy of a search's result.</summary>
internal static class PolicyBuilder
{
    /// <summary>The policy, with model folders relative to where it will be written.</summary>
    /// <exception cref="TinySaverException">The predictions do not say which model made them.</exception>
    public static CascadePolicy Build(
        string policyPath, SearchProblem problem, SearchResult result, SearchRule rule, EvaluationResult? test, PolicyProvenance provenance)
    {
        string root = Path.GetDirectoryName(Path.GetFullPath(policyPath))!;
        IReadOnlyList<SaverSetting> savers = result.Choice?.Savers ?? [];
        return new()
        {
            Savers = [.. savers.Select(saver => new SaverPolicy
            {
                Model = Reference(root, problem.Savers.Single(s => s.Name == saver.Saver), Source(problem, saver.Saver)),
                Measure = saver.Measure,
                Temperature = saver.Temperature,
                Threshold = saver.Threshold,
            })],
            Large = Reference(root, problem.Large, problem.LargeSource),
            Rule = rule.Policy,
            Guarantee = result.Choice?.Certificate?.Policy,
            Calibration = result.Choice is { } choice ? choice.Calibration.Measured(SaverAccuracy(result, savers)) : LargeOnly(result),
            Test = test is null ? null : test.Point.Measured(test.Savers[0].Accuracy),
            Provenance = provenance,
        };
    }

    /// <summary>The accuracy of the first saver alone on the calibration images; null without labels.</summary>
    public static double? SaverAccuracy(SearchResult result, IReadOnlyList<SaverSetting> savers) =>
        savers.Count == 0 ? null : result.Candidates.FirstOrDefault(c => c.Saver == savers[0].Saver)?.Accuracy;

    private static PredictionSource Source(SearchProblem problem, string name) => problem.SaverSources.Single(s => s.Name == name);

    private static PolicyMeasurement LargeOnly(SearchResult result) => new()
    {
        Samples = result.Samples,
        AccuracyLarge = result.AccuracyLarge,
        AccuracyCascade = result.AccuracyLarge,
        AccuracyDrop = result.AccuracyLarge is null ? null : 0,
        Disagreement = 0,
        ExitRate = 0,
        DeltaC = 0,
    };

    private static ModelReference Reference(string root, PredictionSet set, PredictionSource source)
    {
        string path = source.Folder?.Path ?? set.Model ?? throw new TinySaverException(
            $"'{set.Source}' does not say which model made it (column 'model'), so no policy can be written; leave out --out, or search with the model folders.");
        return new()
        {
            Folder = Path.GetRelativePath(root, path).Replace('\\', '/'),
            Sha256 = source.Folder?.ContentHash ?? set.ModelHash,
            Macs = set.Macs,
        };
    }
}
