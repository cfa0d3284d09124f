using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Looks at the audits that are new and records how the guarantee stands; an alert hears of one that is broken.</summary>
public sealed class WatchGuarantee(GuaranteeWatcher watcher)
{
    /// <summary>Looks once.</summary>
    /// <param name="timer">The clock's; nothing in it is needed.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(WatchGuarantee))]
    public Task RunAsync([TimerTrigger(FunctionAppOptions.QuarterHourly)] TimerInfo timer, CancellationToken cancellationToken) => watcher.LookAsync(cancellationToken);
}
