using System.Diagnostics;
using System.Globalization;

namespace TinySaver.Benchmarks;

/// <summary>The runs of <see cref="InferenceBenchmarks"/> taken in turns, for machines that other work keeps busy.</summary>
/// <remarks>
/// Every method is timed once a round, in an order that rotates, so that disturbance meets all alike; the tenth percentile is a run
/// that was hardly disturbed.
/// </remarks>
internal static class InferencePaired
{
    private const int Rounds = 6000;

    public static void Run()
    {
        foreach (int batch in (ReadOnlySpan<int>)[1, 8])
        {
            using var benchmarks = new InferenceBenchmarks { Batch = batch };
            benchmarks.Setup();
            (string Name, Action Method)[] methods =
            [
                ("bare session, prepared input and output", benchmarks.BareSession),
                ("bare session, prepared input", () => benchmarks.BareSessionAllocatingOutput()),
                ("OnnxClassifier.Run", benchmarks.Classifier),
                ("RentBatch, Run, Dispose", benchmarks.ClassifierWithRent),
            ];
            double[][] microseconds = Measure(methods, Rounds / batch);
            for (int i = 0; i < methods.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"batch {batch}  {methods[i].Name,-40}  p10 {At(microseconds[i], 0.1),8:F1} µs  ({At(microseconds[i], 0.1) / At(microseconds[0], 0.1) - 1,7:P1})  median {At(microseconds[i], 0.5),8:F1} µs  ({At(microseconds[i], 0.5) / At(microseconds[0], 0.5) - 1,7:P1})"));
            }
        }
    }

    private static double[][] Measure((string Name, Action Method)[] methods, int rounds)
    {
        double[][] microseconds = Array.ConvertAll(methods, _ => new double[rounds]);
        for (int round = -rounds / 4; round < rounds; round++)
        {
            for (int turn = 0; turn < methods.Length; turn++)
            {
                int index = (turn + round + rounds) % methods.Length;
                long start = Stopwatch.GetTimestamp();
                methods[index].Method();
                // The first quarter is warm-up.
                if (round >= 0)
                    microseconds[index][round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        foreach (double[] times in microseconds)
            Array.Sort(times);
        return microseconds;
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * sorted.Length)];
}
