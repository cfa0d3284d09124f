namespace TinySaver.Core.Calibration;

/// <summary>A promise: the risk is at most ε with probability at least 1 − δ over the draw of the calibration images.</summary>
/// <param name="Risk">What is bounded.</param>
/// <param name="Epsilon">ε, a share of all images, in (0, 1).</param>
/// <param name="Delta">δ, in (0, 1).</param>
public sealed record RiskLimit(RiskKind Risk, double Epsilon, double Delta)
{
    /// <summary>The exact test of the promise on n images.</summary>
    public RiskTest Test(int samples) => new(this, samples);

    /// <summary>The fewest images with which anything can be certified without a gain: no loss or disagreement among them, (1 − ε)ⁿ ≤ δ.</summary>
    public long FewestSamples =>
        (long)Math.Ceiling(Math.Log(Risk == RiskKind.AccuracyDrop ? Delta * PairedDropTest.FittedShare : Delta) / Math.Log(1 - Epsilon));

    /// <summary>About how many images certify a threshold with a chance of 80 %, given the shares of losses, gains and disagreements.</summary>
    /// <returns>The number of images; null where no number would do, because the risk is not below ε.</returns>
    public long? SamplesNeeded(double lossRate, double gainRate, double disagreementRate) => Risk == RiskKind.AccuracyDrop
        ? DropScore.SamplesNeeded(lossRate, gainRate, Epsilon, Delta)
        : DropScore.SamplesNeeded(disagreementRate, 0, Epsilon, Delta);
}
