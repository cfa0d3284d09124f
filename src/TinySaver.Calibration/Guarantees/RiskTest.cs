namespace TinySaver.Calibration.Guarantees;

/// <summary>The exact test of a promise on a given number of images.</summary>
public sealed class RiskTest
{
    private readonly PairedDropTest? _drop;
    private readonly int _mostDisagreements;

    internal RiskTest(RiskLimit limit, int samples)
    {
        (Limit, Samples) = (limit, samples);
        if (limit.Risk == RiskKind.AccuracyDrop)
            _drop = PairedDropTest.For(samples, limit.Epsilon, limit.Delta);
        else
            _mostDisagreements = DisagreementTest.MostDisagreements(samples, limit.Epsilon, limit.Delta);
    }

    /// <summary>What is promised.</summary>
    public RiskLimit Limit { get; }

    /// <summary>Number of images, exited or not.</summary>
    public int Samples { get; }

    /// <summary>The most losses (or disagreements) that certify without a gain; −1 where not even none does.</summary>
    public int MostLosses => _drop?.MostLosses(0) ?? _mostDisagreements;

    /// <summary>Whether counts on the images certify the promise.</summary>
    /// <param name="losses">Images that only the large model has right; ignored where the risk is disagreement.</param>
    /// <param name="gains">Images that only the cascade has right; likewise.</param>
    /// <param name="disagreements">Images on which the two differ; ignored where the risk is the accuracy drop.</param>
    public bool Certifies(int losses, int gains, int disagreements) => _drop?.Certifies(losses, gains) ?? disagreements <= _mostDisagreements;
}
