using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TinySaver.Pipeline.Audits;

/// <summary>Tells, for the safe mode, whether the guarantee of a policy is broken, asking the table only now and then.</summary>
public sealed class GuaranteeGauge(IWatchStore watches, IOptions<PipelineOptions> options, TimeProvider time, ILogger<GuaranteeGauge> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private volatile Known _known = new(null, false, long.MinValue);
    private int _asking;

    /// <summary>Whether every image is to be escalated; never where the safe mode is off.</summary>
    public async ValueTask<bool> IsBrokenAsync(string policy, CancellationToken cancellationToken)
    {
        if (!options.Value.SafeMode)
            return false;

        // Whoever finds the answer too old asks, and the others go by it; where it is another policy's there is none to go by.
        Known known = _known;
        if (known.Policy != policy || (time.GetElapsedTime(known.AskedAt) >= Interval && Interlocked.Exchange(ref _asking, 1) == 0))
            known = await AskAsync(policy, known.Policy == policy && known.Broken, cancellationToken).ConfigureAwait(false);

        return known.Broken;
    }

    private async Task<Known> AskAsync(string policy, bool broken, CancellationToken cancellationToken)
    {
        try
        {
            bool now = await watches.GetAsync(policy, cancellationToken).ConfigureAwait(false) is { State.Counts.BrokenSince: not null };
            if (now != broken)
                Log.SafeMode(logger, policy, now ? "broken: every image is escalated" : "not broken");

            broken = now;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Not knowing is no reason to hold up an image.
            Log.GuaranteeUnknown(logger, e, policy);
        }
        finally
        {
            Interlocked.Exchange(ref _asking, 0);
        }

        return _known = new(policy, broken, time.GetTimestamp());
    }

    private sealed record Known(string? Policy, bool Broken, long AskedAt);
}
