using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Calibration.Watch;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.Audits;

/// <summary>Looks now and then at the audits that are new, and keeps in one row how the guarantee of the policy in use stands.</summary>
/// <remarks>A look at nothing new is two requests. Nobody but the watcher writes the row, and who has it begin anew; of two at once one gives way.</remarks>
public sealed class GuaranteeWatcher(
    IAuditStore audits, IWatchStore watches, CascadeHost cascades, IOptions<PipelineOptions> options, PipelineTelemetry telemetry, TimeProvider time,
    ILogger<GuaranteeWatcher> logger)
{
    /// <summary>Audits this young may still be on their way, from an app whose clock is a little behind; they wait for the next look.</summary>
    public static readonly TimeSpan Settles = TimeSpan.FromMinutes(2);

    // A message that was answered and not completed comes again within its lock's time, or an outage's.
    private static readonly TimeSpan RepeatsWithin = TimeSpan.FromHours(1);

    /// <summary>Looks once; nothing is asked where no image is audited.</summary>
    /// <returns>How the guarantee stands; null where nothing is audited or somebody else has looked.</returns>
    public async Task<GuaranteeReport?> LookAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AuditedShare <= 0)
            return null;

        CascadePolicy policy;
        using (CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false))
            policy = lease.Cascade.Policy;

        return await LookAsync(policy, cancellationToken).ConfigureAwait(false);
    }

    private async Task<GuaranteeReport?> LookAsync(CascadePolicy policy, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset to = new((now - Settles).UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var plan = WatchPlan.Of(policy);
        StoredWatch? known = await watches.GetAsync(policy.Id, cancellationToken).ConfigureAwait(false);
        bool goesOn = known?.State.Plan.Equals(plan) == true;
        DateTimeOffset from = goesOn ? known!.ReadTo : known?.Restarts is [.., { } last] ? last.At : DateTimeOffset.MinValue;
        to = to > from ? to : from;
        var watch = new GuaranteeWatch(plan, known?.State);
        GuaranteeState before = watch.Report().State;
        bool any = await AddNewAsync(watch, policy.Id, from, to, cancellationToken).ConfigureAwait(false);
        GuaranteeReport report = watch.Report();
        telemetry.Guarantee(policy.Id, report);

        // A row that says what it said before is not written again, but for the first, by which one sees that somebody looks.
        if (any || !goesOn)
        {
            StoredWatch next = new(policy.Id, now, to, watch.State, known?.Tag) { Restarts = known?.Restarts ?? [] };
            if (!await watches.TryWriteAsync(next, cancellationToken).ConfigureAwait(false))
                return null;

            if (report.State != before)
                Log.GuaranteeChanged(logger, report.State is GuaranteeState.Broken or GuaranteeState.AtRisk ? LogLevel.Warning : LogLevel.Information, policy.Id, report.State, report);
        }

        return report;
    }

    // Each version once. Those of the hour before are read again only where there is something new that might repeat them.
    private async Task<bool> AddNewAsync(GuaranteeWatch watch, string policy, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        HashSet<UInt128>? seen = null;
        await foreach (AuditRow audit in audits.ReadAsync(policy, from, to, evidence: false, cancellationToken).ConfigureAwait(false))
        {
            if (seen is null)
            {
                seen = [];
                if (from - DateTimeOffset.MinValue > RepeatsWithin)
                {
                    await foreach (AuditRow earlier in audits.ReadAsync(policy, from - RepeatsWithin, from, evidence: false, cancellationToken).ConfigureAwait(false))
                        seen.Add(earlier.Version.KeyOf(earlier.Name));
                }
            }

            if (seen.Add(audit.Version.KeyOf(audit.Name)))
                watch.Add(audit);
        }

        return seen is not null;
    }
}
