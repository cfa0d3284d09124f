using System.Text;
using System.Text.Json.Serialization;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Escalations;

/// <summary>An escalation that was given up: the message on the local dead-letter queue.</summary>
/// <param name="Reason">Why, for the person who reads the row.</param>
/// <param name="DeliveryCount">How often it was tried.</param>
/// <param name="Message">The message's text, cut where it is too long; an escalation never is.</param>
public sealed record DeadLetter(string Reason, long DeliveryCount, string Message)
{
    /// <summary>The escalation that was given up.</summary>
    /// <exception cref="PermanentFailureException"><see cref="FailureReason.MalformedMessage"/>: the message was none.</exception>
    public Escalation ReadEscalation() => EscalationJson.Read(Encoding.UTF8.GetBytes(Message));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJsonContext : JsonSerializerContext;
