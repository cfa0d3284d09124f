namespace TinySaver.Calibration.Sweeps;

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

    /// <summary>Losses less gains: by how many images the cascade is behind the large model alone.</summary>
    public int NetLosses => LargeCorrect - SaverCorrect;
}
