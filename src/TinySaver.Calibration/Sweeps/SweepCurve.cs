using TinySaver.Calibration.Guarantees;
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
        int staying = Bisection.First(-1, _points.Length, i => !ExitDecision.Exits(_points[i].Threshold, threshold));
        return staying == 0 ? SweepPoint.NothingExits : _points[staying - 1];
    }
}

/// <summary>What happens at one exit threshold: counts over the images that exit at it.</summary>
/// <param name="Threshold">The lowest confidence that exits; +∞ where nothing does.</param>
/// <param name="Exited">Images with confidence ≥ threshold.</param>
/// <param name="SaverCorrect">Exited images that the saver has right.</param>
/// <param name="LargeCorrect">Exited images that the large model has right.</param>
/// <param name="Losses">Exited images that the large model has right and the saver wrong: each costs accuracy.</param>
/// <param name="Disagreements">Exited images on which the two chose different classes.</param>
public readonly record struct SweepPoint(float Threshold, int Exited, int SaverCorrect, int LargeCorrect, int Losses, int Disagreements)
{
    /// <summary>Nothing exits: the large model alone.</summary>
    public static SweepPoint NothingExits { get; } = new(float.PositiveInfinity, 0, 0, 0, 0, 0);

    /// <summary>Exited images that the saver has right and the large model wrong: each wins accuracy.</summary>
    public int Gains => Losses - LargeCorrect + SaverCorrect;

    /// <summary>How saver and large model differ on the images that exit: as a cascade and the large model do on all.</summary>
    public Differences Differences => new(Losses, Gains, Disagreements);

    /// <summary>Losses less gains: by how many images the cascade is behind the large model alone.</summary>
    public int NetLosses => LargeCorrect - SaverCorrect;
}
