using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Watch;

/// <summary>Intervals of a share: of one look, and such as hold whenever one looks.</summary>
public static class RateInterval
{
    private const int Halvings = 60;

    /// <summary>The upper Clopper–Pearson limit: the share that it exceeds has so few events with a probability of at most a level.</summary>
    /// <param name="events">Number of events, 0 ≤ events ≤ trials.</param>
    /// <param name="trials">Number of trials, at least 1.</param>
    /// <param name="level">The probability of being exceeded, in (0, 1).</param>
    public static double Upper(int events, int trials, double level) => events >= trials ? 1
        : Bisection.Between(1, events / (double)trials, Halvings, share => Binomial.Cumulative(events, trials, share) <= level).Holds;

    /// <summary>The lower Clopper–Pearson limit.</summary>
    /// <inheritdoc cref="Upper"/>
    public static double Lower(int events, int trials, double level) => 1 - Upper(trials - events, trials, level);

    /// <summary>A confidence sequence: with probability 1 − α the share lies within it at every number of trials at once.</summary>
    /// <remarks>
    /// All shares against which a bet whose p is drawn from Jeffreys' prior has not won 1/α (Robbins 1970, Annals of Mathematical Statistics 41: 1397).
    /// It supposes one share throughout; where that changes, it is about the mean at best.
    /// </remarks>
    public static (double Low, double High) AtAnyTime(long events, long trials, double alpha)
    {
        if (trials == 0)
            return (0, 1);

        double a = events + 0.5, b = trials - events + 0.5;
        double mixture = Gamma.Log(a) + Gamma.Log(b) - Gamma.Log(a + b) - Math.Log(Math.PI);
        double observed = events / (double)trials;
        return (events == 0 ? 0 : End(0), events == trials ? 1 : End(1));

        double End(double end) => Bisection.Between(observed, end, Halvings, share => Evidence(share) < -Math.Log(alpha)).Holds;

        double Evidence(double share) => share is <= 0 or >= 1 ? double.PositiveInfinity
            : mixture - (events * Math.Log(share)) - ((trials - events) * double.LogP1(-share));
    }
}
