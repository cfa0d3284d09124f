using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Begins a batch job, or goes on with it.</summary>
public sealed class WorkOnJobs(JobDriver jobs)
{
    /// <summary>Works on one message; where it throws, the trigger tries again.</summary>
    /// <param name="message">The request, JSON.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(WorkOnJobs))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.JobsQueue, Connection = FunctionAppOptions.ImagesConnection)] string message,
        CancellationToken cancellationToken) => jobs.ReceiveAsync(message, cancellationToken);
}
