using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Evaluation;

/// <summary>Evaluates a cascade on test images.</summary>
public static class CascadeEvaluation
{
    /// <summary>Number of bins of the confidence histograms: steps of 0.05.</summary>
    public const int HistogramBins = 20;

    // As many as a person looks at.
    private const int MostMistakes = 60;

    /// <summary>Evaluates a cascade.</summary>
    /// <exception cref="TinySaverException">There are no images or no savers, or lengths differ.</exception>
    public static EvaluationResult Run(EvaluationInput input)
    {
        Check(input);
        ReadOnlySpan<int> large = input.Large.Span;
        ReadOnlySpan<int> labels = input.AllLabels.Span;
        int samples = large.Length;
        var replay = CascadeReplay.Run([.. input.Savers.Select(s => s.Replay)], input.Escalated is { } pooled ? pooled.Classes : large);
        var point = OperatingPoint.Of(replay, large, input.Labels.Span);
        Interval? drop = input.Labels.IsEmpty ? null : Drop(point);
        bool largeMeasured = !labels.IsEmpty && !input.LargeMaxProbabilities.IsEmpty;
        return new EvaluationResult(
            point,
            drop,
            Intervals.Share(point.Exited, samples),
            Intervals.Share(samples - point.Disagreements, samples),
            [.. input.Savers.Select((saver, index) => Saver(input, saver, index, replay))],
            largeMeasured ? Reliability.Of(input.LargeMaxProbabilities.Span, large, labels) : null,
            ClassTable.Of(replay, input.Savers[0].Replay.Classes.Span, large, labels),
            Mistakes(input, replay),
            input.Escalated is { } escalated ? PooledEffect.Of(escalated, replay, large, labels, MostMistakes) : null,
            input.Guarantee is { } guarantee ? Held(guarantee, point, drop) : null);
    }

    private static SaverEvaluation Saver(EvaluationInput input, EvaluatedSaver saver, int index, CascadeReplay replay)
    {
        ReadOnlySpan<int> classes = saver.Replay.Classes.Span;
        bool labelled = !input.AllLabels.IsEmpty;
        ReadOnlySpan<int> truth = labelled ? input.AllLabels.Span : input.Large.Span;
        ReadOnlySpan<float> confidences = saver.Replay.Confidences.Span;
        int correct = 0;
        int[] right = new int[HistogramBins];
        int[] wrong = new int[HistogramBins];
        for (int i = 0; i < classes.Length; i++)
        {
            int bin = Math.Clamp((int)(confidences[i] * (double)HistogramBins), 0, HistogramBins - 1);
            bool isRight = classes[i] == truth[i];
            correct += isRight ? 1 : 0;
            right[bin] += isRight ? 1 : 0;
            wrong[bin] += isRight ? 0 : 1;
        }

        return new SaverEvaluation(
            saver.Name,
            labelled ? (double)correct / classes.Length : null,
            (double)replay.DecidedBy.Count(index) / classes.Length,
            labelled && !saver.MaxProbabilities.IsEmpty ? Reliability.Of(saver.MaxProbabilities.Span, classes, truth) : null,
            [.. Enumerable.Range(0, HistogramBins).Select(
                b => new HistogramBin((double)b / HistogramBins, (b + 1.0) / HistogramBins, right[b], wrong[b]))])
        {
            Pooled = saver.Pooled,
        };
    }

    private static List<Mistake> Mistakes(EvaluationInput input, CascadeReplay replay)
    {
        ReadOnlySpan<int> large = input.Large.Span;
        ReadOnlySpan<int> labels = input.Labels.Span;
        var mistakes = new List<Mistake>();
        for (int i = 0; i < large.Length; i++)
        {
            int answer = replay.Answers[i];
            int? label = labels.IsEmpty || labels[i] == Labellings.Unknown ? null : labels[i];
            bool costly = answer != large[i] && (label is null || large[i] == label);
            if (!costly)
                continue;

            int index = replay.DecidedBy[i];
            float confidence = index < input.Savers.Count
                ? input.Savers[index].Replay.Confidences.Span[i]
                : input.Escalated!.By(ConfidenceMeasure.MaxProbability)[i];
            mistakes.Add(new Mistake(i, index, confidence, answer, large[i], label));
        }

        return [.. mistakes.OrderByDescending(m => m.Confidence).Take(MostMistakes)];
    }

    // Unlabelled differences may be anything: from the lower end, were they gains, to the upper, were they losses.
    private static Interval Drop(OperatingPoint point)
    {
        Differences best = point.Differences.AtBest();
        return Intervals.Drop(point.Samples, point.Losses, point.Gains) with { Low = Intervals.Drop(point.Samples, best.Losses, best.Gains).Low };
    }

    private static GuaranteeCheck? Held(Guarantee guarantee, OperatingPoint point, Interval? drop)
    {
        Interval? interval = guarantee.Risk == RiskKind.AccuracyDrop ? drop : Intervals.Share(point.Disagreements, point.Samples);
        if (interval is null)
            return null;

        double observed = guarantee.Observed(point.Differences, point.Samples);
        GuaranteeVerdict verdict = observed <= guarantee.Epsilon ? GuaranteeVerdict.Held
            : interval.Low <= guarantee.Epsilon ? GuaranteeVerdict.AboveWithinError
            : GuaranteeVerdict.Broken;
        return new GuaranteeCheck(guarantee.Risk, guarantee.Epsilon, guarantee.Delta, observed, interval, verdict);
    }

    private static void Check(EvaluationInput input)
    {
        int samples = input.Large.Length;
        if (samples == 0)
            throw new TinySaverException("There are no images to evaluate on: the large model's predictions are empty.");
        if (input.Savers.Count == 0)
            throw new TinySaverException("There is no saver to evaluate: a cascade has at least one.");

        Require("pooled answers", input.Escalated?.Classes.Length ?? 0, true);
        Require("labels", input.Labels.Length, true);
        Require("probabilities of the large model", input.LargeMaxProbabilities.Length, true);
        foreach (EvaluatedSaver saver in input.Savers)
        {
            Require($"predictions of saver '{saver.Name}'", saver.Replay.Classes.Length, false);
            Require($"confidences of saver '{saver.Name}'", saver.Replay.Confidences.Length, false);
            Require($"probabilities of saver '{saver.Name}'", saver.MaxProbabilities.Length, true);
        }

        void Require(string what, int length, bool mayBeEmpty)
        {
            if (length != samples && !(mayBeEmpty && length == 0))
                throw new TinySaverException($"There are {length} {what}, but the large model predicted {samples} images: both must cover the same samples.");
        }
    }
}

/// <summary>A cascade and recorded answers on images that did not choose it.</summary>
/// <param name="Savers">The savers in order, at least one.</param>
/// <param name="Large">The large model's class of every image.</param>
/// <param name="LargeMaxProbabilities">Its highest probability for every image; empty where unknown.</param>
/// <param name="Labels">True class of every image, −1 where unknown; empty without labels.</param>
/// <param name="Guarantee">What was guaranteed at calibration; null where nothing was.</param>
public sealed record EvaluationInput(
    IReadOnlyList<EvaluatedSaver> Savers, ReadOnlyMemory<int> Large, ReadOnlyMemory<float> LargeMaxProbabilities, ReadOnlyMemory<int> Labels,
    Guarantee? Guarantee)
{
    /// <summary>True class of every image; empty unless all are known.</summary>
    internal ReadOnlyMemory<int> AllLabels => Labellings.Of(Labels.Span) == Labelling.All ? Labels : default;

    /// <summary>The answers to escalated images, pooled with the savers'; null where the large model answers them alone.</summary>
    public PooledAnswers? Escalated { get; init; }
}

/// <summary>One saver of the cascade that is evaluated.</summary>
/// <param name="Name">The saver's name.</param>
/// <param name="Replay">Its answers, threshold and cost.</param>
/// <param name="MaxProbabilities">Its highest probability for every image, for the calibration error; empty where unknown.</param>
/// <param name="Pooled">Whether these are the saver's answers pooled with those of the savers before it.</param>
public sealed record EvaluatedSaver(string Name, ReplaySaver Replay, ReadOnlyMemory<float> MaxProbabilities, bool Pooled = false);
