using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Sweeps;

/// <summary>All exit thresholds of one saver under one confidence measure, evaluated on the same images.</summary>
public sealed class SweepCurve
{
    private readonly SweepPoint[] _points;

    internal SweepCurve(int samples, SweepPoint[] points, Differences escalated)
    {
        (Samples, _points) = (samples, points);
        NothingExits = new SweepPoint(float.PositiveInfinity, 0, 0, 0, 0, 0, 0, escalated);
    }

    /// <summary>Number of images, exited or not.</summary>
    public int Samples { get; }

    /// <summary>Nothing exits: every image is escalated.</summary>
    public SweepPoint NothingExits { get; }

    /// <summary>One point for every distinct confidence, thresholds falling, so exits rising.</summary>
    public ReadOnlySpan<SweepPoint> Points => _points;

    /// <summary>The counts at any threshold, also one that no image has as its confidence.</summary>
    /// <returns>The counts with <paramref name="threshold"/>'s exits; <see cref="NothingExits"/> where there are none.</returns>
    public SweepPoint At(double threshold)
    {
        int staying = Bisection.First(-1, _points.Length, i => !ExitDecision.Exits(_points[i].Threshold, threshold));
        return staying == 0 ? NothingExits : _points[staying - 1];
    }
}

/// <summary>What happens at one exit threshold: counts over the images that exit at it, and how the answers to the others differ from the large model's.</summary>
/// <param name="Threshold">The lowest confidence that exits; +∞ where nothing does.</param>
/// <param name="Exited">Images with confidence ≥ threshold.</param>
/// <param name="SaverCorrect">Exited images that the saver has right.</param>
/// <param name="LargeCorrect">Exited images that the large model has right.</param>
/// <param name="Losses">Exited images that the large model has right and the saver wrong: each costs accuracy.</param>
/// <param name="Disagreements">Exited images on which the two chose different classes.</param>
/// <param name="Unlabelled">Of those, images whose true class is unknown though others are known; each counts as a loss.</param>
/// <param name="Escalated">How the pooled answers to escalated images differ from the large model's; none where nothing is pooled.</param>
public readonly record struct SweepPoint(
    float Threshold, int Exited, int SaverCorrect, int LargeCorrect, int Losses, int Disagreements, int Unlabelled = 0, Differences Escalated = default)
{
    /// <summary>Exited images that the saver has right and the large model wrong: each wins accuracy.</summary>
    public int Gains => Losses - NetLosses;

    /// <summary>How the cascade and the large model differ on all images.</summary>
    public Differences Differences => new Differences(Losses, Gains, Disagreements, Unlabelled) + Escalated;

    /// <summary>Losses less gains among the exited images: by how many of them the saver is behind the large model.</summary>
    public int NetLosses => LargeCorrect - SaverCorrect;
}
