using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Measures how far the batch jobs are; an alert hears of one that does not move.</summary>
public sealed class LookAfterJobs(JobWatch jobs)
{
    /// <summary>Looks once.</summary>
    /// <param name="timer">The clock's; nothing in it is needed.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(LookAfterJobs))]
    public Task RunAsync([TimerTrigger(FunctionAppOptions.QuarterHourly)] TimerInfo timer, CancellationToken cancellationToken) => jobs.MeasureAsync(cancellationToken);
}
