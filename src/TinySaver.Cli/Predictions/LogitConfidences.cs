using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Predictions;

/// <summary>Makes confidences from recorded logits.</summary>
internal static class LogitConfidences
{
    /// <summary>The confidence of every row under a measure and a temperature.</summary>
    /// <param name="logits">All logits, row after row.</param>
    /// <param name="classes">The length of a row.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="temperature">The temperature, positive.</param>
    public static float[] Of(ReadOnlySpan<float> logits, int classes, ConfidenceMeasure measure, float temperature)
    {
        float[] confidences = new float[logits.Length / classes];
        float[] probabilities = new float[classes];
        for (int i = 0; i < confidences.Length; i++)
        {
            Probabilities.From(logits.Slice(i * classes, classes), ScoreKind.Logits, temperature, probabilities);
            confidences[i] = ConfidenceMeasures.Of(probabilities, measure);
        }

        return confidences;
    }

    /// <summary>The confidence of every image of a set, recorded or made from logits; null where neither can be.</summary>
    public static float[]? At(PredictionSet set, ConfidenceMeasure measure, float temperature) =>
        temperature == 1f && set.Confidences.TryGetValue(measure, out float[]? recorded) ? recorded
            : set.Logits is { } logits ? Of(logits, set.LogitClasses, measure, temperature)
            : null;
}
