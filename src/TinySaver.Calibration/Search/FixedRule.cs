using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>A given threshold for every candidate.</summary>
/// <param name="Threshold">The exit threshold, in [0, 1].</param>
public sealed record FixedRule(double Threshold) : SearchRule
{
    /// <inheritdoc/>
    public override string Name => "fixed";

    internal override void Check()
    {
        if (Threshold is not (>= 0 and <= 1))
            throw new TinySaverException($"The threshold is {Threshold}: confidences, and so thresholds, lie between 0 and 1.");
    }
}
