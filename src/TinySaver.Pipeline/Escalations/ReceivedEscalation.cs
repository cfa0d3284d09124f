using System.Text;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Escalations;

/// <summary>A message taken off the escalation queue under a lock, until it is settled.</summary>
public sealed class ReceivedEscalation
{
    internal ReceivedEscalation(Storage.QueueLease lease) => Lease = lease;

    internal Storage.QueueLease Lease { get; }

    /// <summary>How often the message has been received, this time included.</summary>
    public long DeliveryCount => Lease.DeliveryCount;

    /// <summary>The escalation that the message holds.</summary>
    /// <exception cref="PermanentFailureException"><see cref="FailureReason.MalformedMessage"/>: it holds none.</exception>
    public Escalation Read() => EscalationJson.Read(Encoding.UTF8.GetBytes(Lease.Text));
}
