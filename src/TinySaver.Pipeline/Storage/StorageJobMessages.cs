using Azure.Storage.Queues;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Pipeline.Storage;

/// <summary>The queues of jobs and their chunks as Azure Storage queues.</summary>
/// <remarks>The texts are sent as they are; host.json says the same to the triggers.</remarks>
/// <param name="service">The account's queue service.</param>
/// <param name="options">The queues' names and their lock.</param>
public sealed class StorageJobMessages(QueueServiceClient service, StorageOptions options) : IJobMessages
{
    internal LockedQueue Jobs { get; } = new(service.GetQueueClient(options.JobsQueue), options.EscalationLock);

    internal LockedQueue Chunks { get; } = new(service.GetQueueClient(options.ChunksQueue), options.EscalationLock);

    /// <inheritdoc/>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        await Jobs.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
        await Chunks.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task SendJobAsync(string request, TimeSpan delay, CancellationToken cancellationToken) => Jobs.SendAsync(request, cancellationToken, delay);

    /// <inheritdoc/>
    public Task SendChunkAsync(ChunkMessage chunk, CancellationToken cancellationToken) => Chunks.SendAsync(JobJson.Write(chunk), cancellationToken);
}
