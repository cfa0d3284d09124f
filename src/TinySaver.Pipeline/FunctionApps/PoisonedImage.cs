using System.Text;
using System.Text.Json;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Reads the Functions host's messages about images whose blob trigger failed too often.</summary>
public static class PoisonedImage
{
    /// <summary>The failed row's detail: the host's message does not say what failed.</summary>
    public const string Detail = "The tiny stage failed for this image until its tries were used up; the app's log says why.";

    /// <summary>The image that a message of <see cref="FunctionAppOptions.PoisonQueue"/> names; null where it is in another app's container.</summary>
    /// <exception cref="PermanentFailureException"><see cref="FailureReason.MalformedMessage"/>: it names no image.</exception>
    public static ImageReference? Read(string message)
    {
        try
        {
            // The host may have encoded it, as it does with its queues unless told not to.
            string json = message.StartsWith('{') ? message : Encoding.UTF8.GetString(Convert.FromBase64String(message));
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string? container = root.GetProperty("ContainerName").GetString();
            string? name = root.GetProperty("BlobName").GetString();
            if (string.IsNullOrEmpty(name))
                throw Malformed(message, "BlobName is empty");

            string? etag = root.TryGetProperty("ETag", out JsonElement tag) ? tag.GetString()?.Trim('"') : null;
            return container == FunctionAppOptions.ImagesContainer ? new ImageReference(name, string.IsNullOrEmpty(etag) ? null : etag) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Malformed(message, e.Message, e);
        }
    }

    private static PermanentFailureException Malformed(string message, string why, Exception? inner = null) => new(
        FailureReason.MalformedMessage,
        $"A message on {FunctionAppOptions.PoisonQueue} names no image: {why}. It begins: {message[..Math.Min(message.Length, 200)]}",
        inner);
}
