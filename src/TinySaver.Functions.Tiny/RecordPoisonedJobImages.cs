using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Writes the failed rows of a part of a batch job whose message has used up its tries.</summary>
public sealed class RecordPoisonedJobImages(ChunkWorker worker)
{
    /// <summary>Records one part.</summary>
    /// <param name="message">The message, JSON.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordPoisonedJobImages))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.ChunksPoisonQueue, Connection = FunctionAppOptions.ImagesConnection)] string message,
        CancellationToken cancellationToken) => worker.GiveUpAsync(message, cancellationToken);
}
