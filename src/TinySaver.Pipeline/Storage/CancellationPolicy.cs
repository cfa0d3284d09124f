using Azure.Core;
using Azure.Core.Pipeline;

namespace TinySaver.Pipeline.Storage;

/// <summary>Lets a cancelled call end as cancelled.</summary>
/// <remarks>
/// A call that failed, was tried again and is cancelled then ends in the SDK as an <see cref="AggregateException"/> of all its tries (RetryPolicy of Azure.Core), which nobody who waits for a cancellation expects: who
/// stopped a command meanwhile read that storage did not answer in time.
/// </remarks>
internal sealed class CancellationPolicy : HttpPipelinePolicy
{
    /// <summary>The only one; it has no state.</summary>
    public static readonly CancellationPolicy Instance = new();

    private CancellationPolicy()
    {
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (AggregateException e) when (message.CancellationToken.IsCancellationRequested)
        {
            throw Cancelled(e, message);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        }
        catch (AggregateException e) when (message.CancellationToken.IsCancellationRequested)
        {
            throw Cancelled(e, message);
        }
    }

    private static OperationCanceledException Cancelled(AggregateException tries, HttpMessage message) => new(tries.Message, tries, message.CancellationToken);
}
