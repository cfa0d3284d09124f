namespace TinySaver.Calibration.Guarantees;

/// <summary>A promise: the risk is at most ε with probability at least 1 − δ over the draw of the calibration images.</summary>
/// <param name="Risk">What is bounded.</param>
/// <param name="Epsilon">ε, a share of all images, in (0, 1).</param>
/// <param name="Delta">δ, in (0, 1).</param>
public sealed record RiskLimit(RiskKind Risk, double Epsilon, double Delta)
{
    /// <summary>The exact test of the promise on n images.</summary>
    public RiskTest Test(int samples) => new(this, samples);

    /// <summary>The fewest images that certify with a number of losses (or disagreements) and no gain among them.</summary>
    /// <remarks>A gain makes up for a loss, so with gains fewer images may do.</remarks>
    public long FewestSamples(int losses = 0)
    {
        // Beyond ten million images a test is a matter of minutes; the binomial number is then a lower limit.
        const double mostTested = 1e7;
        double withoutLoss = Math.Log(Delta) / double.LogP1(-Epsilon);
        return withoutLoss > mostTested ? (long)Math.Ceiling(withoutLoss)
            : Risk == RiskKind.AccuracyDrop ? PairedDropTest.FewestSamples(losses, Epsilon, Delta)
            : DisagreementTest.FewestSamples(losses, Epsilon, Delta);
    }

    /// <summary>About how many images certify a threshold with a chance of 80 %, given the shares of losses, gains and disagreements.</summary>
    /// <returns>The number of images; null where no number would do, because the risk is not below ε.</returns>
    public long? SamplesNeeded(double lossRate, double gainRate, double disagreementRate) => Risk == RiskKind.AccuracyDrop
        ? DropScore.SamplesNeeded(lossRate, gainRate, Epsilon, Delta)
        : DropScore.SamplesNeeded(disagreementRate, 0, Epsilon, Delta);
}
