using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Writes the failed row of an image whose blob trigger has used up its tries.</summary>
public sealed class RecordPoisonedImages(ImageReceiver images)
{
    /// <summary>Records one image.</summary>
    /// <param name="message">The host's message, JSON.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(RecordPoisonedImages))]
    public Task RunAsync(
        [QueueTrigger(FunctionAppOptions.PoisonQueue, Connection = FunctionAppOptions.ImagesConnection)] string message,
        CancellationToken cancellationToken) => images.RecordPoisonedAsync(message, cancellationToken);
}
