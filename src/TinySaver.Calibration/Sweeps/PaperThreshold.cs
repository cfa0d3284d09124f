using TinySaver.Core.Cascade;
namespace TinySaver.Calibration.Sweeps;

/// <summary>The threshold procedure of TinySaver (arXiv 2403.17726), as its reference implementation does it.</summary>
/// <remarks>
/// <para>The threshold t = k / 1000 (the nearest double, compared with the confidence as a double) runs from k = 1000 down to 1. The first
/// t at which the saver's accuracy on the exited images is below the large model's on the same images is the choice: the threshold where
/// it has fallen, not the one before it. Where nothing exits both accuracies count as 0, so nothing has fallen. Where it never falls the
/// choice is the last one scanned, 0.001.</para>
/// <para>Two differences from the reference: exit is confidence ≥ t, not &gt; t (<see cref="ExitDecision"/>), and t is exact where
/// the reference adds up floating-point steps of −0.001. The procedure promises nothing about other images.</para>
/// </remarks>
public static class PaperThreshold
{
    /// <summary>Number of scanned thresholds: k = 1000 … 1.</summary>
    public const int Steps = 1000;

    /// <summary>The k-th threshold of the scan's grid: k / 1000.</summary>
    public static double Step(int k) => k / (double)Steps;

    /// <summary>The threshold that the procedure chooses.</summary>
    /// <returns>A multiple of 0.001 in [0.001, 1].</returns>
    public static double Choose(SweepCurve curve)
    {
        // Both accuracies have the same denominator, so comparing counts is comparing accuracies, without rounding.
        ReadOnlySpan<SweepPoint> points = curve.Points;
        int exiting = 0;
        for (int k = Steps; k >= 1; k--)
        {
            double threshold = Step(k);
            while (exiting < points.Length && ExitDecision.Exits(points[exiting].Threshold, threshold))
                exiting++;

            if (exiting > 0 && points[exiting - 1].NetLosses > 0)
                return threshold;
        }

        return Step(1);
    }
}
