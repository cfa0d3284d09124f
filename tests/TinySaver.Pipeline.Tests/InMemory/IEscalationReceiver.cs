using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The receiving end as tests see it, so that one suite runs against the Storage queue and its twin.</summary>
public interface IEscalationReceiver
{
    Task<IReadOnlyList<ReceivedEscalation>> ReceiveAsync(int max, CancellationToken cancellationToken);

    Task<bool> CompleteAsync(ReceivedEscalation message, CancellationToken cancellationToken);

    Task<bool> AbandonAsync(ReceivedEscalation message, TimeSpan delay, string reason, CancellationToken cancellationToken);

    Task<bool> RenewAsync(ReceivedEscalation message, CancellationToken cancellationToken);

    Task<bool> DeadLetterAsync(ReceivedEscalation message, string reason, CancellationToken cancellationToken);
}
