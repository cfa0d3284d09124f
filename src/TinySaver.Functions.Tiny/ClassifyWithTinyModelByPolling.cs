using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Asks the savers about an image that the Functions host finds by listing the container: for local runs, without Event Grid.</summary>
public sealed class ClassifyWithTinyModelByPolling(ImageReceiver images)
{
    /// <summary>Works on one image; where it throws, the trigger tries again.</summary>
    /// <param name="image">The image, bound as a client.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(ClassifyWithTinyModelByPolling))]
    public Task RunAsync(
        [BlobTrigger(FunctionAppOptions.ImagesPath, Connection = FunctionAppOptions.ImagesConnection)] BlobClient image,
        CancellationToken cancellationToken) => images.ReceiveAsync(image.Name, cancellationToken);
}
