using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Storage;

/// <summary>An escalation that was given up: the message on the dead-letter queue.</summary>
/// <param name="Reason">Why, for the person who reads the row.</param>
/// <param name="DeliveryCount">How often it was tried.</param>
/// <param name="Message">The message's text, cut where it is too long; an escalation never is.</param>
internal sealed record DeadLetter(string Reason, long DeliveryCount, string Message)
{
    // Whatever characters they hold, reason and message make no more than 64 KiB of JSON, the most that a queue takes.
    private const int MaxReasonLength = 2 * 1024;
    private const int MaxMessageLength = EscalationJson.MaxBytes;

    // The default encoder makes six characters of a quotation mark, and a message is full of them.
    private static readonly DeadLetterJsonContext Json = new(new JsonSerializerOptions(DeadLetterJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The text of a dead letter's message.</summary>
    public static string Write(string reason, long deliveryCount, string message) =>
        JsonSerializer.Serialize(new DeadLetter(Cut(reason, MaxReasonLength), deliveryCount, Cut(message, MaxMessageLength)), Json.DeadLetter);

    /// <summary>The dead letter that a message holds.</summary>
    /// <exception cref="PermanentFailureException"><see cref="FailureReason.MalformedMessage"/>: it holds none.</exception>
    public static DeadLetter Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Json.DeadLetter) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new PermanentFailureException(
                FailureReason.MalformedMessage, $"A message on the dead-letter queue is not a dead letter: {e.Message}", e);
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJsonContext : JsonSerializerContext;
