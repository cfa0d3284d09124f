using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Cli.Evaluate;

/// <summary>Makes the input of an evaluation from predictions.</summary>
internal static class EvaluationBuilder
{
    /// <summary>The input for a cascade, its savers' predictions in the large model's order.</summary>
    /// <param name="savers">The savers' predictions and settings.</param>
    /// <param name="largeWeights">The weights of all models in the answer to an escalated image; null where the large model answers alone.</param>
    /// <param name="guarantee">What was guaranteed; null where nothing was.</param>
    /// <param name="large">The large model's predictions.</param>
    /// <exception cref="TinySaverException">A saver's confidence, or what is to be pooled, is not recorded and cannot be made.</exception>
    public static EvaluationInput Input(
        IReadOnlyList<(PredictionSet Set, SaverSetting Setting)> savers, IReadOnlyList<double>? largeWeights, Guarantee? guarantee, PredictionSet large)
    {
        int classes = savers.Select(s => s.Set).Append(large).Max(s => s.ClassCount);
        EvidenceTable[] evidence = largeWeights is null && savers.All(s => s.Setting.Weights is null)
            ? []
            : [.. savers.Select(s => Evidence(s.Set, s.Setting.Temperature)), Evidence(large, 1f)];
        return new(
            [.. savers.Select((s, i) => s.Setting.Weights is { } weights ? Pooled(s.Set, s.Setting, PooledAnswers.Of(evidence[..(i + 1)], weights)) : Alone(s.Set, s.Setting))],
            large.Classes,
            large.Confidences.TryGetValue(ConfidenceMeasure.MaxProbability, out float[]? probabilities) ? probabilities : ReadOnlyMemory<float>.Empty,
            large.Labelling == Labelling.None ? ReadOnlyMemory<int>.Empty : large.Labels,
            guarantee)
        {
            Escalated = largeWeights is null ? null : PooledAnswers.Of(evidence, largeWeights),
        };

        EvidenceTable Evidence(PredictionSet set, float temperature) => set.EvidenceAt(temperature, classes) ?? throw new TinySaverException(
            $"The cascade pools its models' answers, but '{set.Source}' says neither their logits nor their likeliest classes (top_k){(temperature == 1 ? "" : FormattableString.Invariant($", and a temperature of {temperature} needs the logits"))}; predict again with --logits.");
    }

    private static EvaluatedSaver Alone(PredictionSet set, SaverSetting setting)
    {
        float[] confidences = set.ConfidencesAt(setting.Measure, setting.Temperature) ?? throw new TinySaverException(
            $"'{set.Source}' has neither the confidence {setting.Measure.Name()}{(setting.Temperature == 1 ? "" : FormattableString.Invariant($" at temperature {setting.Temperature}"))} nor the logits to make it from; predict again with --logits.");
        float[] calibrated = set.ConfidencesAt(ConfidenceMeasure.MaxProbability, setting.Temperature) ?? [];
        return new(set.Name, new(set.Classes, confidences, setting.Threshold, setting.CostRatio), calibrated);
    }

    private static EvaluatedSaver Pooled(PredictionSet set, SaverSetting setting, PooledAnswers answers) => new(
        set.Name, new(answers.Classes, answers.By(setting.Measure), setting.Threshold, setting.CostRatio), answers.By(ConfidenceMeasure.MaxProbability), Pooled: true);
}
