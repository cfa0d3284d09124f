using TinySaver.Core.Escalations;

namespace TinySaver.Pipeline.Escalations;

/// <summary>The sending end of the queue to the large model: Service Bus in Azure, a Storage queue on one machine, memory in tests.</summary>
public interface IEscalationSender
{
    /// <summary>Sends one escalation. It may arrive more than once.</summary>
    /// <exception cref="IOException">The queue is out of reach or takes nothing at present.</exception>
    Task SendAsync(Escalation escalation, CancellationToken cancellationToken);

    /// <summary>About how many escalations wait or are being worked on.</summary>
    Task<long> GetBacklogAsync(CancellationToken cancellationToken);

    /// <summary>Asks the queue whether it would take a message, and throws where it would not.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>Both ends of a queue that is asked for its messages. A queue that triggers a function instead hands them to <see cref="EscalationReceiver"/> itself.</summary>
public interface IEscalations : IEscalationSender
{
    /// <summary>Creates the queue and its dead letters where they are missing.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>Takes what waits, up to a number, without waiting for more.</summary>
    Task<IReadOnlyList<IEscalationMessage>> ReceiveAsync(int max, CancellationToken cancellationToken);

    /// <summary>Takes escalations that were given up, up to a number; completing one is all that can be done with it.</summary>
    Task<IReadOnlyList<IEscalationMessage>> ReceiveDeadLettersAsync(int max, CancellationToken cancellationToken);
}
