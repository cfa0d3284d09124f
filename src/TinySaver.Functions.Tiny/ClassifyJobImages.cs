using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Asks the savers about the images of a part of a batch job.</summary>
public sealed class ClassifyJobImages(ChunkWorker worker)
{
    /// <summary>Works on one part; where it throws, the trigger tries again.</summary>
    /// <param name="message">The message, which also says how often it has been delivered.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(ClassifyJobImages))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.ChunksQueue, Connection = FunctionAppOptions.ImagesConnection)] QueueMessage message,
        CancellationToken cancellationToken) => worker.ReceiveAsync(message.Body.ToString(), message.DequeueCount, cancellationToken);
}
