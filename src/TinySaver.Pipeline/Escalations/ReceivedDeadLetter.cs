using System.Text.Json;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Escalations;

/// <summary>A given-up escalation taken off the dead-letter queue under a lock.</summary>
public sealed class ReceivedDeadLetter
{
    internal ReceivedDeadLetter(Storage.QueueLease lease) => Lease = lease;

    internal Storage.QueueLease Lease { get; }

    /// <summary>The letter.</summary>
    /// <exception cref="PermanentFailureException"><see cref="FailureReason.MalformedMessage"/>: the message is not a dead letter.</exception>
    public DeadLetter Read()
    {
        try
        {
            return JsonSerializer.Deserialize(Lease.Text, DeadLetterJsonContext.Default.DeadLetter) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new PermanentFailureException(
                FailureReason.MalformedMessage, $"A message on the dead-letter queue is not a dead letter: {e.Message}", e);
        }
    }
}
