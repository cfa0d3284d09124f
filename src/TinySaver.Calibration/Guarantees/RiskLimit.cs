using System.Text.Json.Serialization;

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

/// <summary>What a guarantee bounds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskKind>))]
public enum RiskKind
{
    /// <summary>Accuracy of the large model alone less that of the cascade, over all images. Needs labels.</summary>
    [JsonStringEnumMemberName("accuracy-drop")]
    AccuracyDrop,

    /// <summary>The share of all images whose answer is not the large model's. Needs no labels, and is never below the accuracy drop.</summary>
    [JsonStringEnumMemberName("disagreement")]
    Disagreement,
}

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

/// <summary>Fixed-sequence testing: hypotheses in an order chosen beforehand, each at the full level δ, up to the first that is not rejected.</summary>
/// <remarks>
/// The probability of certifying anything that does not hold is at most δ: the first such hypothesis in the order must be certified for
/// that, and its own test does so with probability at most δ (Maurer, Hothorn and Lehmacher 1995; as risk control: Angelopoulos et al. 2021,
/// "Learn then Test", arXiv 2110.01052). No assumption ties the tests together or makes the risk monotone.
/// </remarks>
public static class FixedSequence
{
    /// <summary>The index of the last hypothesis certified before the first failure; −1 where already the first fails.</summary>
    /// <param name="count">Number of hypotheses.</param>
    /// <param name="certifies">The test of each at level δ, asked for in order and no further than the first failure.</param>
    public static int LastCertified(int count, Func<int, bool> certifies)
    {
        int certified = 0;
        while (certified < count && certifies(certified))
            certified++;

        return certified - 1;
    }
}
