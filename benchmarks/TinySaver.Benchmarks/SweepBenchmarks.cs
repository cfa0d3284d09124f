using BenchmarkDotNet.Attributes;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Benchmarks;

/// <summary>
/// Every threshold of 40 savers × 3 measures on 50,000 images by one sorted sweep each, against the reference's procedure: 1,000 thresholds, each
/// by masking all images. Times are per saver and measure.
/// </summary>
[MemoryDiagnoser]
public class SweepBenchmarks
{
    private const int Images = 50_000;
    private const int Savers = 40;
    private const int Measures = 3;

    // The naive procedure takes a second or so for one column; a few stand for the 120.
    private const int NaiveColumns = 3;

    private readonly int[] _labels = new int[Images];
    private readonly int[] _large = new int[Images];
    private readonly int[][] _savers = new int[Savers][];
    private readonly float[][] _confidences = new float[Savers * Measures][];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < Images; i++)
        {
            _labels[i] = random.Next(1000);
            _large[i] = random.NextDouble() < 0.87 ? _labels[i] : random.Next(1000);
        }

        for (int s = 0; s < Savers; s++)
        {
            _savers[s] = new int[Images];
            for (int m = 0; m < Measures; m++)
                _confidences[(s * Measures) + m] = new float[Images];

            for (int i = 0; i < Images; i++)
            {
                // Overconfident like a trained network; surer where it is right.
                double logit = (6 * random.NextDouble()) - 1;
                _savers[s][i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? _labels[i] : random.Next(1000);
                for (int m = 0; m < Measures; m++)
                    _confidences[(s * Measures) + m][i] = (float)(1 / (1 + Math.Exp(-(1.5 * logit) - random.NextDouble())));
            }
        }
    }

    /// <summary>The reference: for each of 1,000 thresholds a mask, the masked copies, and accuracies over them.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = NaiveColumns)]
    public double MaskingAtThousandThresholds()
    {
        double chosen = 0;
        for (int column = 0; column < NaiveColumns; column++)
            chosen += Naive(_confidences[column], _savers[column / Measures]);

        return chosen;
    }

    /// <summary>Ours: outcomes once a saver, one sweep a column, the same rule on the curve.</summary>
    [Benchmark(OperationsPerInvoke = Savers * Measures)]
    public double SortedSweep()
    {
        double chosen = 0;
        for (int s = 0; s < Savers; s++)
        {
            PairedOutcome[] outcomes = PairedOutcomes.Compare(_labels, _savers[s], _large);
            for (int m = 0; m < Measures; m++)
                chosen += PaperRule.Choose(Sweep.Of(_confidences[(s * Measures) + m], outcomes));
        }

        return chosen;
    }

    // All thresholds are evaluated, as the reference does by default, also after the choice has been made.
    private double Naive(float[] confidences, int[] saver)
    {
        double chosen = double.NaN;
        bool[] exits = new bool[Images];
        for (int k = 1000; k >= 1; k--)
        {
            double threshold = k / 1000.0;
            for (int i = 0; i < Images; i++)
                exits[i] = confidences[i] >= threshold;

            int[] saverExited = Where(saver, exits, true);
            int[] largeExited = Where(_large, exits, true);
            int[] largePassed = Where(_large, exits, false);
            int[] labelsExited = Where(_labels, exits, true);
            int[] labelsPassed = Where(_labels, exits, false);
            double saverAccuracy = Accuracy(saverExited, labelsExited);
            double largeAccuracy = Accuracy(largeExited, labelsExited);
            _ = Accuracy(largePassed, labelsPassed);
            if (double.IsNaN(chosen) && saverAccuracy < largeAccuracy)
                chosen = threshold;
        }

        return chosen;
    }

    private static int[] Where(int[] values, bool[] mask, bool wanted)
    {
        int[] kept = new int[mask.AsSpan().Count(wanted)];
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (mask[i] == wanted)
                kept[next++] = values[i];
        }

        return kept;
    }

    private static double Accuracy(int[] classes, int[] labels)
    {
        int right = 0;
        for (int i = 0; i < classes.Length; i++)
            right += classes[i] == labels[i] ? 1 : 0;

        return classes.Length > 0 ? (double)right / classes.Length : 0;
    }
}
