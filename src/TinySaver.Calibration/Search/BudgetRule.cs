using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The highest accuracy (without labels: agreement with the large model) at a bounded escalation rate.</summary>
/// <param name="MaxEscalationRate">The largest share of images that may be escalated, in [0, 1].</param>
public sealed record BudgetRule(double MaxEscalationRate) : SearchRule
{
    /// <inheritdoc/>
    public override string Name => "budget";

    internal override void Check()
    {
        if (MaxEscalationRate is not (>= 0 and <= 1))
            throw new TinySaverException($"The escalation rate is {MaxEscalationRate}: it is a share of the images, between 0 and 1.");
    }
}
