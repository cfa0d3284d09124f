namespace TinySaver.Calibration.Evaluation;

/// <summary>How far a model's confidence can be taken at its word.</summary>
/// <param name="ExpectedCalibrationError">Mean distance of confidence and accuracy over the bins, weighted by images; in [0, 1].</param>
/// <param name="Bins">The bins of the reliability diagram, from 0 to 1.</param>
public sealed record Reliability(double ExpectedCalibrationError, IReadOnlyList<ReliabilityBin> Bins)
{
    /// <summary>Number of bins: the usual 15 of equal width, so that figures compare with those of others (Guo et al. 2017).</summary>
    public const int BinCount = 15;

    /// <summary>Measures a model.</summary>
    /// <param name="maxProbabilities">The model's highest probability for every image, in [0, 1].</param>
    /// <param name="classes">The model's class of every image.</param>
    /// <param name="labels">True class of every image.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static Reliability Of(ReadOnlySpan<float> maxProbabilities, ReadOnlySpan<int> classes, ReadOnlySpan<int> labels)
    {
        if (maxProbabilities.IsEmpty || maxProbabilities.Length != classes.Length || classes.Length != labels.Length)
            throw new ArgumentException($"{maxProbabilities.Length} confidences, {classes.Length} predictions and {labels.Length} labels: there must be one each for every image.");

        Span<int> images = stackalloc int[BinCount];
        Span<int> correct = stackalloc int[BinCount];
        Span<double> confidence = stackalloc double[BinCount];
        images.Clear();
        correct.Clear();
        confidence.Clear();
        for (int i = 0; i < labels.Length; i++)
        {
            int bin = Math.Clamp((int)(maxProbabilities[i] * (double)BinCount), 0, BinCount - 1);
            images[bin]++;
            correct[bin] += classes[i] == labels[i] ? 1 : 0;
            confidence[bin] += maxProbabilities[i];
        }

        var bins = new ReliabilityBin[BinCount];
        double error = 0;
        for (int b = 0; b < BinCount; b++)
        {
            bool empty = images[b] == 0;
            bins[b] = new ReliabilityBin(
                (double)b / BinCount, (b + 1.0) / BinCount, images[b], empty ? null : confidence[b] / images[b], empty ? null : (double)correct[b] / images[b]);
            error += Math.Abs(confidence[b] - correct[b]) / labels.Length;
        }

        return new Reliability(error, bins);
    }
}

/// <summary>Images of similar confidence.</summary>
/// <param name="Low">Lowest confidence of the bin, included.</param>
/// <param name="High">Highest confidence of the bin, excluded but for the last.</param>
/// <param name="Images">Number of images.</param>
/// <param name="MeanConfidence">Their mean confidence; null for an empty bin.</param>
/// <param name="Accuracy">The share that the model has right; null for an empty bin.</param>
public sealed record ReliabilityBin(double Low, double High, int Images, double? MeanConfidence, double? Accuracy);
