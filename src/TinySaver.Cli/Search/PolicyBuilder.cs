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
                Model = Reference(root, problem.Savers.Single(s => s.Name == saver.Saver), problem.Sources.Skip(1).Single(s => s.Name == saver.Saver)),
                Measure = saver.Measure,
                Temperature = saver.Temperature,
                Threshold = saver.Threshold,
                Weights = saver.Weights,
            })],
            Large = Reference(root, problem.Large, problem.Sources[0]),
            LargeWeights = result.Choice?.LargeWeights,
            Rule = rule.Policy,
            Guarantee = result.Choice?.Certificate?.Policy,
            Calibration = (Calibration(result) ?? LargeOnly(result)) with { Classes = ClassCounts.Of(problem.Large.Classes) },
            Test = Test(test) is { } tested ? tested with { Classes = ClassCounts.Of(problem.TestLarge!.Classes) } : null,
            Provenance = provenance,
        };
    }

    /// <summary>What the cascade does on the calibration images; null where there is none.</summary>
    public static PolicyMeasurement? Calibration(SearchResult result) =>
        result.Choice is { } choice ? choice.Calibration.Measured(result.Candidates.FirstOrDefault(c => c.Saver == choice.Savers[0].Saver)?.Accuracy) : null;

    /// <summary>What the cascade does on the test images; null without them.</summary>
    public static PolicyMeasurement? Test(EvaluationResult? test) => test?.Point.Measured(test.Savers[0].Accuracy);

    private static PolicyMeasurement LargeOnly(SearchResult result) => new(
        result.Samples, AccuracySaver: null, result.AccuracyLarge, AccuracyCascade: result.AccuracyLarge,
        AccuracyDrop: result.AccuracyLarge is null ? null : 0, Disagreement: 0, ExitRate: 0, DeltaC: 0);

    private static ModelReference Reference(string root, PredictionSet set, PredictionSource source)
    {
        string path = source.Folder?.Path ?? set.Model ?? throw new TinySaverException(
            $"'{set.Source}' does not say which model made it (column 'model'), so no policy can be written; leave out --out, or search with the model folders.");
        return new(Path.GetRelativePath(root, path).Replace('\\', '/'), Sha256: source.Folder?.ContentHash ?? set.ModelHash, Macs: set.Macs);
    }
}
