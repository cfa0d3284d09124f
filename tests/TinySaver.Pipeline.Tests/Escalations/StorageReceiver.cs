using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Escalations;

/// <summary>The Storage queue's receiving end as tests see it.</summary>
internal sealed class StorageReceiver(StorageEscalations queue) : IEscalationReceiver
{
    public Task<IReadOnlyList<ReceivedEscalation>> ReceiveAsync(int max, CancellationToken cancellationToken) =>
        queue.ReceiveAsync(max, cancellationToken);

    public Task<bool> CompleteAsync(ReceivedEscalation message, CancellationToken cancellationToken) =>
        queue.CompleteAsync(message, cancellationToken);

    public Task<bool> AbandonAsync(ReceivedEscalation message, TimeSpan delay, string reason, CancellationToken cancellationToken) =>
        queue.AbandonAsync(message, delay, reason, cancellationToken);

    public Task<bool> RenewAsync(ReceivedEscalation message, CancellationToken cancellationToken) =>
        queue.RenewAsync(message, cancellationToken);

    public Task<bool> DeadLetterAsync(ReceivedEscalation message, string reason, CancellationToken cancellationToken) =>
        queue.DeadLetterAsync(message, reason, cancellationToken);
}
