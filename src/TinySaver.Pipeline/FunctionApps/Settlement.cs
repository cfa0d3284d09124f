using TinySaver.Core.Failures;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>How a Service Bus message is settled.</summary>
/// <param name="Kind">What is done with it.</param>
/// <param name="Reason">Why it is dead-lettered: a short name. Null otherwise.</param>
/// <param name="Description">The same for people. Null otherwise.</param>
public sealed record Settlement(SettlementKind Kind, string? Reason = null, string? Description = null)
{
    // What Service Bus takes as a dead-letter reason or description.
    private const int MaxTextLength = 4_096;

    /// <summary>The message is done with.</summary>
    public static Settlement Complete { get; } = new(SettlementKind.Complete);

    /// <summary>The message is delivered again at once; after the queue's maximum of deliveries Service Bus dead-letters it.</summary>
    public static Settlement Abandon { get; } = new(SettlementKind.Abandon);

    /// <summary>The settlement of an escalation that the large stage is done with.</summary>
    public static Settlement Of(EscalationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Outcome == EscalationOutcome.Retry ? Abandon : Complete;
    }

    /// <summary>The settlement of a message that is no escalation, however often it is delivered.</summary>
    public static Settlement DeadLetter(PermanentFailureException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new(SettlementKind.DeadLetter, failure.Reason.Name(), failure.Message[..Math.Min(failure.Message.Length, MaxTextLength)]);
    }
}
