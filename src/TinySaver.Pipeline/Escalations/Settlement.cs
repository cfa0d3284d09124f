using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Escalations;

/// <summary>What is done with a message.</summary>
public enum SettlementKind
{
    /// <summary>It is removed.</summary>
    Complete,

    /// <summary>It is delivered again at once; after its last delivery it becomes a dead letter instead.</summary>
    Abandon,

    /// <summary>It becomes a dead letter.</summary>
    DeadLetter,
}

/// <summary>How a message is settled.</summary>
/// <param name="Kind">What is done with it.</param>
/// <param name="Reason">Why, a short name: of a dead letter. Null otherwise.</param>
/// <param name="Description">Why, for people; null where it is completed.</param>
public sealed record Settlement(SettlementKind Kind, string? Reason = null, string? Description = null)
{
    // What Service Bus takes as a dead-letter reason or description.
    private const int MaxTextLength = 4_096;

    /// <summary>The message is done with.</summary>
    public static Settlement Complete { get; } = new(SettlementKind.Complete);

    /// <summary>The message was not worked on to its end.</summary>
    /// <param name="description">What failed.</param>
    public static Settlement Abandon(string description) => new(SettlementKind.Abandon, null, Cut(description));

    /// <summary>The message is no escalation, however often it is delivered.</summary>
    public static Settlement DeadLetter(PermanentFailureException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new(SettlementKind.DeadLetter, failure.Reason.Name(), Cut(failure.Message));
    }

    private static string Cut(string text) => text[..Math.Min(text.Length, MaxTextLength)];
}
