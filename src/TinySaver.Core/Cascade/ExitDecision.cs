namespace TinySaver.Core.Cascade;

/// <summary>The one place that decides whether an image exits at a saver.</summary>
public static class ExitDecision
{
    /// <summary>Whether an image of this confidence exits: confidence ≥ threshold.</summary>
    /// <remarks>
    /// The reference code of arXiv 2403.17726 uses a strict <c>&gt;</c>; with <c>≥</c> a threshold read off a calibration
    /// sample lets that very sample exit, and a threshold of 0 lets everything exit. A NaN confidence never exits.
    /// </remarks>
    public static bool Exits(double confidence, double threshold) => confidence >= threshold;
}
