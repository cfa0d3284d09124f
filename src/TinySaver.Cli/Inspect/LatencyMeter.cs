using System.Diagnostics;
using TinySaver.Inference.Classification;

namespace TinySaver.Cli.Inspect;

/// <summary>Measures how long a model runs, without preprocessing.</summary>
internal static class LatencyMeter
{
    // Enough for a stable median on a noisy machine; a slow model is cut off by the time limit, yet runs MinRuns times.
    private const int MaxRuns = 200;
    private const int MinRuns = 5;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>The median milliseconds of one run at a batch size, after a warm-up.</summary>
    public static double MedianMilliseconds(OnnxClassifier classifier, int batchSize, CancellationToken cancellationToken)
    {
        using ImageBatch batch = classifier.RentBatch(batchSize);
        float[] scores = new float[batchSize * classifier.ClassCount];
        for (int i = 0; i < batchSize; i++)
        {
            // Zeros would let some kernels take denormal or sparse short cuts; a seeded ramp does not.
            Span<float> input = batch[i];
            for (int j = 0; j < input.Length; j++)
                input[j] = ((j * 7919) % 255 / 255f) - 0.5f;
        }

        classifier.Run(batch, batchSize, scores);
        var times = new List<double>(MaxRuns);
        var watch = Stopwatch.StartNew();
        while (times.Count < MinRuns || (times.Count < MaxRuns && watch.Elapsed < TimeLimit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            classifier.Run(batch, batchSize, scores);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }
}
