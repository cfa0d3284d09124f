using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Search;

namespace TinySaver.Cli.Costs;

/// <summary>Costs a chosen cascade with the times that were measured while predicting.</summary>
internal static class CascadeCosts
{
    /// <summary>The bill of a cascade that a search chose; null where a model's time is not known.</summary>
    public static CostEstimate? Estimate(CascadeChoice choice, EvaluationResult? test, SearchProblem problem, MoneySettings money) => Estimate(
        [.. choice.Savers.Select(chosen => problem.Savers.Single(s => s.Name == chosen.Saver))],
        problem.Large,
        (test?.Point ?? choice.Calibration).ExitRate,
        money);

    /// <summary>The bill for a million images; null where a model's time is not known.</summary>
    /// <remarks>The tiny app is taken to run every saver of a chain on every image, which is on the safe side.</remarks>
    public static CostEstimate? Estimate(IReadOnlyList<PredictionSet> savers, PredictionSet large, double exitRate, MoneySettings money) =>
        savers.All(s => s.Milliseconds is not null) && (money.LargeMillisecondsPerImage ?? large.Milliseconds) is { } milliseconds
            ? CostModel.Estimate(money.Tiny(savers.Sum(s => s.Milliseconds!.Value)), money.Large(milliseconds), exitRate, money.Prices)
            : null;
}
