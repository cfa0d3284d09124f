namespace TinySaver.Calibration.Guarantees;

/// <summary>The standard normal distribution.</summary>
public static class Normal
{
    /// <summary>The z that a standard normal variable exceeds with probability α: 1.645 for 0.05.</summary>
    /// <param name="alpha">A probability in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">α is not in (0, 1).</exception>
    public static double UpperQuantile(double alpha)
    {
        if (alpha is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A tail probability lies between 0 and 1, both excluded.");
        if (alpha > 0.5)
            return -UpperQuantile(1 - alpha);

        // Halving the upper tail; beyond 40 it underflows.
        (double low, double high) = Bisection.Between(0, 40, 60, z => UpperTail(z) > alpha);
        return 0.5 * (low + high);
    }

    /// <summary>P(Z &gt; z) for z ≥ 0, by the tail's continued fraction or, near 0, the series of the distribution function.</summary>
    private static double UpperTail(double z)
    {
        double density = Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
        if (z < 3)
        {
            // Φ(z) − ½ = φ(z) (z + z³/3 + z⁵/15 + …)
            double term = z;
            double sum = z;
            for (int k = 3; term > 1e-17 * sum; k += 2)
            {
                term *= z * z / k;
                sum += term;
            }

            return 0.5 - (density * sum);
        }

        double fraction = z;
        for (int k = 60; k >= 1; k--)
            fraction = z + (k / fraction);

        return density / fraction;
    }
}
