namespace TinySaver.Pipeline.Outages;

/// <summary>How long to wait before something is tried again: twice as long after each failure, up to a limit, drawn from a range so that not all come back at once.</summary>
/// <param name="First">The longest wait after the first failure.</param>
/// <param name="Longest">The longest wait at all.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    // Half is fixed, so that no wait is next to nothing; half is drawn, so that those who failed together part.
    private const double FixedShare = 0.5;

    /// <summary>The waits for storage and queues: a second at first, half a minute at last.</summary>
    /// <remarks>Half a minute bounds both the load on a service that comes back and the time that is lost once it is back.</remarks>
    public static Backoff Standard { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>The wait after so many failures in a row (at least 1): between half of the present limit and the whole, by a chance drawn evenly from [0, 1).</summary>
    public TimeSpan After(long failures, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);

        // A large exponent makes infinity, which the limit ends.
        double limit = Math.Min(First.TotalMilliseconds * Math.Pow(2, failures - 1), Longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(limit * (FixedShare + ((1 - FixedShare) * chance)));
    }
}
