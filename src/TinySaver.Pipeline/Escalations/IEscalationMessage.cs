using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Escalations;

/// <summary>A message taken off an escalation queue, or off its dead letters, under a lock: of Service Bus, of a Storage queue, or in memory.</summary>
public interface IEscalationMessage
{
    /// <summary>The escalation as UTF-8 JSON.</summary>
    /// <remarks>Whatever this throws means that the message holds none: its sender chose another form, for instance.</remarks>
    ReadOnlyMemory<byte> Body { get; }

    /// <summary>How often the message has been delivered, this time included.</summary>
    long DeliveryCount { get; }

    /// <summary>Why it is a dead letter, for the person who reads the failed row; null where it is none.</summary>
    string? DeadLetterReason { get; }

    /// <summary>How long its lock lasts at least, from when it was taken or renewed.</summary>
    TimeSpan LockDuration { get; }

    /// <summary>Starts the lock anew.</summary>
    /// <returns>False where it was lost, so that the message comes again.</returns>
    Task<bool> RenewLockAsync(CancellationToken cancellationToken);

    /// <summary>Ends the lock.</summary>
    /// <returns>False where it was lost, so that the message comes again.</returns>
    Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken);
}

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
    public static Settlement DeadLetter(PermanentFailureException failure) =>
        new(SettlementKind.DeadLetter, failure.Reason.Name(), Cut(failure.Message));

    private static string Cut(string text) => text[..Math.Min(text.Length, MaxTextLength)];
}
