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

        // Whoever finds the answer too old, or another policy's, asks; the others go by the last one.
        if (IsOld(policy) && Interlocked.Exchange(ref _asking, 1) == 0)
            await AskAsync(policy, cancellationToken).ConfigureAwait(false);

        Known known = _known;
        return known.Broken && known.Policy == policy;
    }

    private bool IsOld(string policy)
    {
        Known known = _known;
        return known.Policy != policy || time.GetElapsedTime(known.AskedAt) >= Interval;
    }

    private async Task AskAsync(string policy, CancellationToken cancellationToken)
    {
        bool broken = _known.Policy == policy && _known.Broken;
        try
        {
            bool now = await watches.GetAsync(policy, cancellationToken).ConfigureAwait(false) is { State.Counts.BrokenSince: not null };
            if (now != broken)
                Log.SafeMode(logger, policy, now ? "broken: every image is escalated" : "not broken");

            broken = now;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Not knowing is no reason to hold up an image.
            Log.GuaranteeUnknown(logger, e, policy);
        }
        finally
        {
            _known = new(policy, broken, time.GetTimestamp());
            Interlocked.Exchange(ref _asking, 0);
        }
    }

    private sealed record Known(string? Policy, bool Broken, long AskedAt);
}
