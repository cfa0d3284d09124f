using Microsoft.Extensions.Logging;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Does a piece of work again and again, where no trigger calls for it.</summary>
internal sealed class PollingLoop(TimeProvider time, Random random, ILogger logger)
{
    /// <summary>Works until cancelled.</summary>
    /// <param name="work">What it is, for the log.</param>
    /// <param name="act">One round; true where there is more to do at once. What it throws is logged and waited out.</param>
    /// <param name="pause">The wait where there is not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string work, Func<CancellationToken, Task<bool>> act, TimeSpan pause, CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            TimeSpan delay;
            try
            {
                delay = await act(cancellationToken).ConfigureAwait(false) ? TimeSpan.Zero : pause;
                failures = 0;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                delay = Backoff.Standard.After(++failures, random.NextDouble());
                Log.LoopFailed(logger, e, work, delay);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
