using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Stages;

/// <summary>Tells whether the escalation backlog exceeds its limit, asking the queue only now and then.</summary>
public sealed class BacklogGauge(
    IEscalationSender escalations, IOptions<PipelineOptions> options, TimeProvider time, ILogger<BacklogGauge> logger)
{
    private long _backlog;
    private int _asking;
    private long _askedAt = long.MinValue;
    private bool _unknown;

    /// <summary>Whether tiny labels are accepted below the threshold; never where no limit is set.</summary>
    public async ValueTask<bool> IsOverloadedAsync(CancellationToken cancellationToken)
    {
        PipelineOptions settings = options.Value;
        if (settings.MaxBacklog is not { } limit)
            return false;

        // Whoever finds the number too old asks; the others go by the last one.
        if (IsOld(settings) && Interlocked.Exchange(ref _asking, 1) == 0)
            await AskAsync(limit, cancellationToken).ConfigureAwait(false);

        return Interlocked.Read(ref _backlog) > limit;
    }

    private bool IsOld(PipelineOptions settings)
    {
        long askedAt = Interlocked.Read(ref _askedAt);
        return askedAt == long.MinValue || time.GetElapsedTime(askedAt) >= settings.BacklogInterval;
    }

    private async Task AskAsync(long limit, CancellationToken cancellationToken)
    {
        try
        {
            long backlog = await escalations.GetBacklogAsync(cancellationToken).ConfigureAwait(false);
            if (backlog > limit && Interlocked.Read(ref _backlog) <= limit)
                Log.Overloaded(logger, backlog, limit);

            Interlocked.Exchange(ref _backlog, backlog);
            _unknown = false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Not knowing the backlog is no reason to hold up an image, nor to say so every five seconds.
            if (!_unknown)
                Log.BacklogUnknown(logger, e, limit, Interlocked.Read(ref _backlog));

            _unknown = true;
        }
        finally
        {
            Interlocked.Exchange(ref _askedAt, time.GetTimestamp());
            Interlocked.Exchange(ref _asking, 0);
        }
    }
}
