namespace TinySaver.Calibration.Watch;

/// <summary>Bets against the claim that a share is at most some number, one outcome after the other; who has won much has shown the claim false.</summary>
/// <remarks>
/// <para>
/// A stake of 1 is laid on the claim's being false at odds that are fair if the share is the largest that it allows: an outcome multiplies it by p/m
/// where the event happened and by (1−p)/(1−m) where not (testing by betting, Waudby-Smith and Ramdas 2024, JRSS B 86: 1). While the claim holds,
/// whatever the past and however it is played, what is won is 1 at most in the mean, so with probability 1 − α it never reaches 1/α (Ville): it may be
/// looked at after every outcome.
/// </para>
/// <para>
/// The stake is divided among several p, for nobody knows how far the share will rise, and among all times at which it may begin to: part π(t) waits
/// until then. So a claim that held for a year costs a late alarm only the logarithm of that year, and not all that a bet would have lost until then.
/// </para>
/// </remarks>
public sealed class RateBet
{
    // The odds of the bets' p against those of the claim's m: from a little above to much.
    private static readonly double[] OddsRatios = [1.25, 1.5, 2, 3, 5, 10, 30];

    // An alarm was given long before; beyond it sums would lose their meaning.
    private const double MostWealth = 1e100;

    private readonly double[] _onEvent;
    private readonly double[] _onNone;
    private readonly double[] _wealth;

    /// <summary>A bet, from its beginning or going on with what it has won.</summary>
    /// <param name="most">The largest share that the claim allows, in (0, 1).</param>
    /// <param name="wealth">What the parts that are played have come to; null at the beginning.</param>
    public RateBet(double most, IReadOnlyList<double>? wealth = null)
    {
        if (most is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(most), most, "The largest share must lie between 0 and 1, both excluded.");

        _onEvent = new double[OddsRatios.Length];
        _onNone = new double[OddsRatios.Length];
        for (int i = 0; i < OddsRatios.Length; i++)
        {
            double p = OddsRatios[i] * most / (1 - most + (OddsRatios[i] * most));
            (_onEvent[i], _onNone[i]) = (p / most, (1 - p) / (1 - most));
        }

        _wealth = wealth?.ToArray() ?? new double[OddsRatios.Length];
    }

    /// <summary>What the parts that are played have come to, for going on later.</summary>
    public IReadOnlyList<double> Wealth => _wealth;

    /// <summary>Plays one outcome.</summary>
    /// <param name="number">Its number, from 1: how many there have been with it.</param>
    /// <param name="happened">Whether the event happened.</param>
    public void Add(long number, bool happened)
    {
        double joins = Waiting(number - 1) - Waiting(number);
        double[] factors = happened ? _onEvent : _onNone;
        for (int i = 0; i < _wealth.Length; i++)
            _wealth[i] = Math.Min(MostWealth, (_wealth[i] + joins) * factors[i]);
    }

    /// <summary>What the stake of 1 has come to: the evidence against the claim.</summary>
    /// <param name="outcomes">How many outcomes were played.</param>
    public double Evidence(long outcomes) => _wealth.Average() + Waiting(outcomes);

    // The part of the stake that waits for a change after so many outcomes. It falls as slowly as it can, but for constants, and comes to nothing.
    private static double Waiting(long outcomes) => 1 / (1 + double.LogP1(outcomes));
}
