namespace TinySaver.Calibration.Sweeps;

/// <summary>Sequences of thresholds to test, from the safest (highest) down, fixed before any outcome they are tested on is seen.</summary>
public static class ThresholdGrid
{
    // 1 − 1e-7 is about the highest float below 1; 1e-3 is below any confidence that a threshold is set at.
    private const double HighestLogit = 16.1;
    private const double LowestLogit = -6.9;

    // A step of 0.05 multiplies the odds by 1.05: at worst (in the middle) a threshold step of 0.0125.
    private const double LogitStep = 0.05;

    /// <summary>A grid that depends on no data: 1, then evenly spaced log odds from 1 − 1e-7 to 0.001, then 0.</summary>
    /// <remarks>Trained networks pile their confidences near 1, where a grid of equal threshold steps would jump over most images.</remarks>
    public static IReadOnlyList<double> LogitSpaced { get; } = MakeLogitSpaced();

    /// <summary>Thresholds read off other images' confidences so that each lets about the same number more exit, then 0.</summary>
    /// <param name="curve">The sweep of images that are NOT among those the thresholds will be tested on.</param>
    /// <param name="steps">Number of equal steps of the exit rate, at least 1.</param>
    /// <returns>Falling thresholds, at most <paramref name="steps"/> + 1.</returns>
    /// <remarks>
    /// Read off the very images that are tested, the thresholds would be random together with the outcomes, and a test made for a fixed
    /// threshold would not hold. On other images they are fixed as far as the test is concerned.
    /// </remarks>
    public static IReadOnlyList<double> Quantiles(SweepCurve curve, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var thresholds = new List<double>(steps + 1);
        ReadOnlySpan<SweepPoint> points = curve.Points;
        int point = 0;
        for (int step = 1; step <= steps; step++)
        {
            double exits = (double)curve.Samples * step / steps;
            while (point < points.Length && points[point].Exited < exits)
                point++;

            // Ties make several steps end at the same confidence.
            if (point < points.Length && (thresholds.Count == 0 || points[point].Threshold < thresholds[^1]))
                thresholds.Add(points[point].Threshold);
        }

        if (thresholds.Count == 0 || thresholds[^1] > 0)
            thresholds.Add(0);
        return thresholds;
    }

    private static double[] MakeLogitSpaced()
    {
        int count = (int)Math.Round((HighestLogit - LowestLogit) / LogitStep) + 1;
        double[] grid = new double[count + 2];
        grid[0] = 1;
        for (int i = 0; i < count; i++)
            grid[i + 1] = 1 / (1 + Math.Exp((i * LogitStep) - HighestLogit));

        grid[^1] = 0;
        return grid;
    }
}
