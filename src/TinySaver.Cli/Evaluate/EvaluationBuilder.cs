using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Cli.Evaluate;

/// <summary>Makes the input of an evaluation from predictions.</summary>
internal static class EvaluationBuilder
{
    /// <summary>The input for a cascade, its savers' predictions in the large model's order.</summary>
    /// <exception cref="TinySaverException">A saver's confidence is not recorded and cannot be made.</exception>
    public static EvaluationInput Input(IReadOnlyList<(PredictionSet Set, SaverSetting Setting)> savers, Guarantee? guarantee, PredictionSet large) => new(
        [.. savers.Select(s => Saver(s.Set, s.Setting))],
        large.Classes,
        large.Confidences.TryGetValue(ConfidenceMeasure.MaxProbability, out float[]? probabilities) ? probabilities : ReadOnlyMemory<float>.Empty,
        large.Labelled ? large.Labels : ReadOnlyMemory<int>.Empty,
        guarantee);

    private static EvaluatedSaver Saver(PredictionSet set, SaverSetting setting)
    {
        float[] confidences = set.ConfidencesAt(setting.Measure, setting.Temperature) ?? throw new TinySaverException(
            $"'{set.Source}' has neither the confidence {setting.Measure.Name()}{(setting.Temperature == 1 ? "" : FormattableString.Invariant($" at temperature {setting.Temperature}"))} nor the logits to make it from; predict again with --logits.");
        float[] calibrated = set.ConfidencesAt(ConfidenceMeasure.MaxProbability, setting.Temperature) ?? [];
        return new(set.Name, new(set.Classes, confidences, setting.Threshold, setting.CostRatio), calibrated);
    }
}
