using TinySaver.Core.Escalations;

namespace TinySaver.Pipeline.Escalations;

/// <summary>The sending end of the queue to the large model: Service Bus in Azure, a Storage queue on one machine, memory in tests.</summary>
/// <remarks>Receiving is the host's: a function app has a trigger for it, the local host <see cref="Storage.StorageEscalations"/>.</remarks>
public interface IEscalationSender
{
    /// <summary>Sends one escalation. It may arrive more than once.</summary>
    Task SendAsync(Escalation escalation, CancellationToken cancellationToken);

    /// <summary>About how many escalations wait or are being worked on.</summary>
    Task<long> GetBacklogAsync(CancellationToken cancellationToken);
}
