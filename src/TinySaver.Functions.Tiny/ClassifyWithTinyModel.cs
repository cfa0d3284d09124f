using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Asks the savers about an image as soon as Event Grid announces it.</summary>
public sealed class ClassifyWithTinyModel(ImageReceiver images)
{
    /// <summary>Works on one image; where it throws, the trigger tries again.</summary>
    /// <param name="image">The image. Bound as a client, so that nothing is downloaded before the stage knows how large it is.</param>
    /// <param name="cancellationToken">Ends the work when the instance goes.</param>
    [Function(nameof(ClassifyWithTinyModel))]
    public Task RunAsync(
        [BlobTrigger(FunctionAppOptions.ImagesPath, Connection = FunctionAppOptions.ImagesConnection, Source = BlobTriggerSource.EventGrid)]
        BlobClient image,
        CancellationToken cancellationToken) => images.ReceiveAsync(image.Name, cancellationToken);
}
