using Microsoft.Extensions.Logging;

namespace TinySaver.Pipeline.Outages;

/// <summary>Waits out outages: tries work again until it is done, fails for another reason, or the longest wait is over.</summary>
/// <remarks>Where the longest is <see cref="Timeout.InfiniteTimeSpan"/>, it waits for as long as it takes.</remarks>
public sealed class Patience(TimeSpan longest, TimeProvider time, Random random, ILogger<Patience> logger)
{
    /// <summary>How long one call of a function waits.</summary>
    /// <remarks>
    /// Triggers deliver five times, so this is a fifth of the outage that nobody has to do anything about; and with the work
    /// itself it stays well within the ten minutes of host.json's <c>functionTimeout</c>.
    /// </remarks>
    public static readonly TimeSpan OfOneCall = TimeSpan.FromMinutes(5);

    /// <summary>Does the work, again and again while it meets an outage; the log calls it by what it is: "Labelling a.jpg".</summary>
    /// <exception cref="Exception">What the work threw last: no outage, or one that lasted longer than is waited.</exception>
    public async Task<T> TryAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int failures = 1; ; failures++)
        {
            TimeSpan delay = Backoff.Standard.After(failures, random.NextDouble());
            try
            {
                return await work(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (Outage.Is(e) && !cancellationToken.IsCancellationRequested && HasTime(start, delay))
            {
                Log.OutageMet(logger, e, what, delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="TryAsync{T}"/>
    public Task TryAsync(string what, Func<CancellationToken, Task> work, CancellationToken cancellationToken) => TryAsync(
        what,
        async token =>
        {
            await work(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private bool HasTime(long start, TimeSpan delay) => longest == Timeout.InfiniteTimeSpan || time.GetElapsedTime(start) + delay <= longest;
}
