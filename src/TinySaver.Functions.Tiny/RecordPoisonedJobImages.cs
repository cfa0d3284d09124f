using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Works for the last time on a part of a batch job whose message has used up its tries, one image after the other, and gives up what fails.</summary>
public sealed class RecordPoisonedJobImages(ChunkWorker worker)
{
    /// <summary>Records one part.</summary>
    /// <param name="message">The message, which also says how often it has been delivered from the poison queue.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordPoisonedJobImages))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.ChunksPoisonQueue, Connection = FunctionAppOptions.ImagesConnection)] QueueMessage message,
        CancellationToken cancellationToken) => worker.ReceiveAsync(message.Body.ToString(), ChunkWorker.MaxDeliveries + message.DequeueCount, cancellationToken);
}
