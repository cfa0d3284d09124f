using Microsoft.Extensions.Logging;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Gives the images that triggers announce to the tiny stage, and waits out outages within the call.</summary>
/// <remarks>
/// A trigger delivers an image five times, each as soon as the one before has failed: seconds of an outage would be enough for
/// its poison queue. While a call waits, the Functions host keeps the message from other instances.
/// </remarks>
public sealed class ImageReceiver(TinyStage stage, Patience patience, ILogger<ImageReceiver> logger)
{
    /// <summary>Works on one image. What it throws is no outage, or one that lasted longer than a call waits: the trigger tries again.</summary>
    public Task ReceiveAsync(string name, CancellationToken cancellationToken) =>
        patience.TryAsync($"Labelling {name}", token => stage.ProcessAsync(new ImageReference(name), token), cancellationToken);

    /// <summary>Writes the failed row of an image whose trigger has used up its tries, by the Functions host's message on <see cref="FunctionAppOptions.PoisonQueue"/>.</summary>
    /// <remarks>A message that names no image has no row to be written: it is logged as an error and done with.</remarks>
    public async Task RecordPoisonedAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            if (PoisonedImage.Read(message) is { } image)
            {
                await patience.TryAsync(
                    $"Giving up {image.Name}", token => stage.GiveUpAsync(image, PoisonedImage.Detail, token), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PermanentFailureException e) when (e.Reason == FailureReason.MalformedMessage)
        {
            Log.MessageMalformed(logger, e.Message);
        }
    }
}
