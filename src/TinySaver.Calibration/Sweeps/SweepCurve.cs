using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Sweeps;

/// <summary>All exit thresholds of one saver under one confidence measure, evaluated on the same images.</summary>
public sealed class SweepCurve
{
    private readonly SweepPoint[] _points;

    internal SweepCurve(int samples, SweepPoint[] points) => (Samples, _points) = (samples, points);

    /// <summary>Number of images, exited or not.</summary>
    public int Samples { get; }

    /// <summary>One point for every distinct confidence, thresholds falling, so exits rising.</summary>
    public ReadOnlySpan<SweepPoint> Points => _points;

    /// <summary>The counts at any threshold, also one that no image has as its confidence.</summary>
    /// <returns>The counts with <paramref name="threshold"/>'s exits; <see cref="SweepPoint.NothingExits"/> where there are none.</returns>
    public SweepPoint At(double threshold)
    {
        int last = LastExiting(threshold);
        return last < 0 ? SweepPoint.NothingExits : _points[last];
    }

    /// <summary>The index of the last point whose images exit at a threshold; −1 where none does.</summary>
    public int LastExiting(double threshold)
    {
        int low = 0;
        int high = _points.Length;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) / 2);
            if (ExitDecision.Exits(_points[middle].Threshold, threshold))
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
