using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Evaluation;

/// <summary>Confidence intervals for reporting on test images; guarantees come from exact tests instead.</summary>
public static class Intervals
{
    /// <summary>The confidence of every reported interval.</summary>
    public const double Level = 0.95;

    /// <summary>The Wilson score interval of a share (Wilson 1927).</summary>
    /// <param name="events">Number of events, 0 ≤ events ≤ trials.</param>
    /// <param name="trials">Number of trials, at least 1.</param>
    public static Interval Share(int events, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double z = Normal.UpperQuantile((1 - Level) / 2);
        double n = trials;
        double p = events / n;
        double centre = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        double half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return new Interval(events == 0 ? 0 : Math.Max(0, centre - half), events == trials ? 1 : Math.Min(1, centre + half), Level);
    }

    /// <summary>The score interval of the accuracy drop from paired outcomes (Tango 1998, Statistics in Medicine 17: 891).</summary>
    /// <param name="samples">Number of images, at least 1.</param>
    /// <param name="losses">Images that only the large model has right.</param>
    /// <param name="gains">Images that only the cascade has right.</param>
    /// <returns>All drops whose <see cref="DropScore"/> lies within ±z; within [−1, 1].</returns>
    /// <remarks>
    /// One of the intervals recommended for paired proportions (Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33: 2850): close to its
    /// level also for few discordant pairs, where the Wald interval is far too short.
    /// </remarks>
    public static Interval Drop(int samples, int losses, int gains)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        double z = Normal.UpperQuantile((1 - Level) / 2);
        double observed = (losses - gains) / (double)samples;
        return new Interval(Crossing(-1), Crossing(1), Level);

        // The score falls as the drop in question rises, through 0 at the observed one.
        double Crossing(double end) => Bisection.Between(observed, end, 60, drop => Math.Abs(DropScore.Of(samples, losses, gains, drop)) <= z).Holds;
    }
}

/// <summary>A two-sided confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">The confidence: 0.95 for 95 %.</param>
public sealed record Interval(double Low, double High, double Level);
