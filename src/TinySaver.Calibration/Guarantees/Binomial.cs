namespace TinySaver.Calibration.Guarantees;

/// <summary>Binomial probabilities.</summary>
public static class Binomial
{
    /// <summary>The natural logarithm of P(X = k) for X ~ Bin(n, p); −∞ where the probability is 0.</summary>
    /// <param name="k">Number of events, 0 ≤ k ≤ n.</param>
    /// <param name="n">Number of trials.</param>
    /// <param name="p">Probability of an event, in [0, 1].</param>
    public static double LogProbability(int k, int n, double p)
    {
        if (p <= 0)
            return k == 0 ? 0 : double.NegativeInfinity;
        if (p >= 1)
            return k == n ? 0 : double.NegativeInfinity;

        return Gamma.LogChoose(n, k) + (k * Math.Log(p)) + ((n - k) * double.LogP1(-p));
    }

    /// <summary>P(X ≤ k) for X ~ Bin(n, p).</summary>
    /// <param name="k">Number of events; below 0 the result is 0, from n on it is 1.</param>
    /// <param name="n">Number of trials.</param>
    /// <param name="p">Probability of an event, in [0, 1].</param>
    public static double Cumulative(int k, int n, double p)
    {
        if (k < 0)
            return 0;
        if (k >= n || p <= 0)
            return 1;
        if (p >= 1)
            return 0;

        return Gamma.RegularisedBeta(1 - p, n - k, k + 1);
    }
}

/// <summary>The gamma and beta functions that binomial probabilities need and .NET does not have.</summary>
internal static class Gamma
{
    private const double HalfLogTwoPi = 0.918938533204672741780329736406;

    /// <summary>ln Γ(x) for x &gt; 0; relative error about 1e-15 (Stirling's series, shifted upwards first).</summary>
    public static double Log(double x)
    {
        // Below 16 the series' fifth term is larger than double precision; Γ(x) = Γ(x + k) / (x (x+1) … (x+k−1)) moves it there.
        double product = 1;
        while (x < 16)
        {
            product *= x;
            x++;
        }

        double inverse = 1 / x;
        double square = inverse * inverse;
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square * ((1.0 / 1680) - (square / 1188))))))));
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + series - Math.Log(product);
    }

    /// <summary>ln of the binomial coefficient n over k.</summary>
    public static double LogChoose(int n, int k) => Log(n + 1.0) - Log(k + 1.0) - Log(n - k + 1.0);

    /// <summary>The regularised incomplete beta function I_x(a, b) for 0 &lt; x &lt; 1, by Lentz's continued fraction.</summary>
    /// <remarks>Source: NIST DLMF 8.17.22; relative error about 1e-12 for a + b up to 1e6.</remarks>
    public static double RegularisedBeta(double x, double a, double b)
    {
        // The fraction converges fast only below the mean; above it the symmetry I_x(a, b) = 1 − I_{1−x}(b, a) helps.
        if (x > (a + 1) / (a + b + 2))
            return 1 - RegularisedBeta(1 - x, b, a);

        double logFront = Log(a + b) - Log(a) - Log(b) + (a * Math.Log(x)) + (b * double.LogP1(-x));
        return Math.Exp(logFront) * Fraction(x, a, b) / a;
    }

    private static double Fraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        const int mostSteps = 100_000;
        double c = 1;
        double d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        double result = d;
        for (int m = 1; m < mostSteps; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            result *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-15)
                return result;
        }

        throw new ArithmeticException($"The incomplete beta function did not converge at x = {x}, a = {a}, b = {b}.");

        static double NotZero(double value) => Math.Abs(value) < tiny ? tiny : value;
    }
}
