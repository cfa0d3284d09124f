namespace TinySaver.Calibration.Search;

/// <summary>The procedure of arXiv 2403.17726 (<see cref="Sweeps.PaperThreshold"/>). Needs labels; promises nothing.</summary>
public sealed record PaperRule : SearchRule
{
    /// <inheritdoc/>
    public override string Name => "paper";

    internal override void Check()
    {
    }
}
