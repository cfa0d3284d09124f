using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Ends a batch job whose message has used up its tries.</summary>
public sealed class RecordPoisonedJobs(JobDriver jobs)
{
    /// <summary>Records one job.</summary>
    /// <param name="message">The request, JSON.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordPoisonedJobs))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.JobsPoisonQueue, Connection = FunctionAppOptions.ImagesConnection)] string message,
        CancellationToken cancellationToken) => jobs.GiveUpAsync(message, cancellationToken);
}
