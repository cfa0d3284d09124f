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
