namespace TinySaver.Core.Calibration;

/// <summary>
/// The exact test that a cascade's accuracy drop is at most ε, from paired outcomes: a loss is an image that the large model has
/// right and the cascade wrong, a gain the reverse, every other image counts 0.
/// </summary>
/// <remarks>
/// <para>Null hypothesis: P(loss) − P(gain) ≥ ε. The statistic is S = losses − gains over all n images; small S rejects. The nuisance
/// parameter, the discordance rate P(loss) + P(gain), is bounded by a one-sided Clopper–Pearson limit U at level γ = δ / 20, and the
/// p-value is γ + max P(S ≤ s) over the null within that limit (Berger and Boos 1994, "P values maximized over a confidence set for the
/// nuisance parameter"). It is valid at every n: P(p ≤ δ) ≤ δ.</para>
/// <para>The maximum has a closed place. Lowering P(loss) to P(gain) + ε only raises P(S ≤ s), so it lies on the boundary. There, with
/// b = P(gain), d/db P(S_n ≤ s) = n (P(S_{n−1} = s+1) − P(S_{n−1} = s)). For a discordance of at most ½ each image's outcome is the
/// difference of two independent Bernoulli variables, so S + n is a sum of independent Bernoulli variables: unimodal, with its mode less
/// than 1 from the mean (n−1)ε (Darroch 1964). While s + 1 ≤ ⌊(n−1)ε⌋ the derivative is therefore never negative and the maximum is at
/// b = (U − ε) / 2. Elsewhere, where a rejection is out of reach, the p-value is 1.</para>
/// </remarks>
public static class PairedDropTest
{
    /// <summary>
    /// The share of δ spent on the discordance limit. Between 1/100 and 1/10 the power hardly moves (docs/calibration.md): less makes the
    /// limit wide, more takes from the test itself.
    /// </summary>
    private const double NuisanceShare = 1.0 / 20;

    /// <summary>The p-value of "the accuracy drop is at least ε"; the drop is certified at level δ where it is at most δ.</summary>
    /// <param name="samples">Number of images n, at least 1; escalated ones count too (their loss is 0).</param>
    /// <param name="losses">Images that the large model has right and the cascade wrong.</param>
    /// <param name="gains">Images that the cascade has right and the large model wrong.</param>
    /// <param name="epsilon">The drop in question, as a share of images, in (0, 1).</param>
    /// <param name="delta">The level the p-value will be compared with, in (0, 1): it sets γ.</param>
    /// <returns>A number in [δ/20, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or losses and gains exceed the samples, or a level is out of range.</exception>
    public static double PValue(int samples, int losses, int gains, double epsilon, double delta)
    {
        Check(samples, losses, gains, delta);
        if (epsilon is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "The drop must lie between 0 and 1.");

        double gamma = delta * NuisanceShare;
        return PValue(samples, losses - gains, epsilon, gamma, Binomial.UpperLimit(losses + gains, samples, gamma));
    }

    /// <summary>The upper confidence limit of the accuracy drop: the test inverted, so the drop is below it with probability ≥ 1 − δ.</summary>
    /// <inheritdoc cref="PValue(int, int, int, double, double)"/>
    /// <returns>A share of images in (0, 1]; 1 where nothing is known. Holds for one threshold fixed beforehand.</returns>
    public static double UpperLimit(int samples, int losses, int gains, double delta)
    {
        Check(samples, losses, gains, delta);
        double gamma = delta * NuisanceShare;
        double discordance = Binomial.UpperLimit(losses + gains, samples, gamma);
        double low = 0;
        double high = 1;

        // The p-value falls as ε rises (more losses, fewer gains, the same discordance), so halving finds the crossing; the upper end is safe.
        for (int i = 0; i < 40; i++)
        {
            double middle = 0.5 * (low + high);
            if (PValue(samples, losses - gains, middle, gamma, discordance) <= delta)
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    private static double PValue(int samples, int statistic, double epsilon, double gamma, double discordance)
    {
        // With so few discordant images no null hypothesis is left inside the confidence set.
        if (discordance < epsilon)
            return gamma;

        // 1e-9 keeps a product that is a whole number but for rounding from counting as one too many.
        bool belowTheMode = statistic + 1 <= Math.Floor(((samples - 1) * epsilon) - 1e-9);
        if (!belowTheMode || discordance > 0.5)
            return 1;

        double gain = 0.5 * (discordance - epsilon);
        return Math.Min(1, gamma + TrinomialTail.AtMost(statistic, samples, gain + epsilon, gain));
    }

    private static void Check(int samples, int losses, int gains, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(losses);
        ArgumentOutOfRangeException.ThrowIfNegative(gains);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)losses + gains, samples, nameof(losses));
        if (delta is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "The error probability must lie between 0 and 1.");
    }
}
