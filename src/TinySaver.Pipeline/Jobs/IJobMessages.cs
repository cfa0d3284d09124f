using TinySaver.Core.Jobs;

namespace TinySaver.Pipeline.Jobs;

/// <summary>The sending ends of the queues <c>jobs</c> and <c>images</c>: Storage queues, or memory in tests.</summary>
public interface IJobMessages
{
    /// <summary>Creates the queues where they are missing.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>Sends a job's request, to begin it or to go on with it. It may arrive more than once.</summary>
    /// <param name="request">The request as <see cref="JobJson"/> writes it.</param>
    /// <param name="delay">After which time it arrives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task SendJobAsync(string request, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Sends a chunk's message. It may arrive more than once, in any order.</summary>
    Task SendChunkAsync(ChunkMessage chunk, CancellationToken cancellationToken);
}
