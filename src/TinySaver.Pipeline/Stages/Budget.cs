using Microsoft.Extensions.Options;

namespace TinySaver.Pipeline.Stages;

/// <summary>What bounds the memory and the processors that the stages of one process use together.</summary>
public sealed class PipelineBudgets(IOptions<PipelineOptions> options)
{
    /// <summary>Images that are worked on.</summary>
    public Budget Images { get; } = new(options.Value.ImagesInFlight);

    /// <summary>Bytes of encoded images in memory.</summary>
    public Budget Bytes { get; } = new(options.Value.BytesInFlight);

    /// <summary>Threads that decode or infer: the inference gate.</summary>
    public Budget Inferences { get; } = new(options.Value.Inferences);
}

/// <summary>A bounded amount of something, taken and given back asynchronously, first come first served.</summary>
/// <remarks>
/// <c>System.Threading.RateLimiting.ConcurrencyLimiter</c> does nearly the same, but (10.0) counts in 32 bits and so refuses
/// whoever waits once 2 GB of images wait, refuses an image larger than the whole, and lets those behind a cancelled wait go
/// only when somebody else gives back.
/// </remarks>
/// <param name="capacity">How much there is; positive.</param>
public sealed class Budget(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Amount, TaskCompletionSource Granted)> _waiting = new();
    private long _used;

    /// <summary>How much is taken at present.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Waits until the amount is there and takes it; dispose the result to give it back.</summary>
    /// <remarks>The amount is not negative; more than there is at all is treated as all there is.</remarks>
    public async ValueTask<IDisposable> TakeAsync(long amount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        long taken = Math.Min(amount, capacity);
        LinkedListNode<(long Amount, TaskCompletionSource Granted)> node;
        lock (_lock)
        {
            // Nobody overtakes who waits: a large image would starve behind a stream of small ones.
            if (_waiting.Count == 0 && _used + taken <= capacity)
            {
                _used += taken;
                return new Share(this, taken);
            }

            node = _waiting.AddLast((taken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        using (cancellationToken.UnsafeRegister(_ => GiveUp(node, cancellationToken), null))
            await node.Value.Granted.Task.ConfigureAwait(false);

        return new Share(this, taken);
    }

    private void GiveUp(LinkedListNode<(long Amount, TaskCompletionSource Granted)> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is null)
                return;

            _waiting.Remove(node);
            Grant();
        }

        node.Value.Granted.TrySetCanceled(cancellationToken);
    }

    private void GiveBack(long amount)
    {
        lock (_lock)
        {
            _used -= amount;
            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } first && _used + first.Value.Amount <= capacity)
        {
            _waiting.RemoveFirst();
            _used += first.Value.Amount;
            first.Value.Granted.TrySetResult();
        }
    }

    // What was taken.
    private sealed class Share(Budget owner, long amount) : IDisposable
    {
        private Budget? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.GiveBack(amount);
    }
}
