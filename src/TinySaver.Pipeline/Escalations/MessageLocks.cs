using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TinySaver.Pipeline.Escalations;

/// <summary>The locks of one batch of messages: renewed while they are open, each ended once.</summary>
internal sealed class MessageLocks : IDisposable
{
    /// <summary>How often a lock is renewed before it would end: two renewals may fail.</summary>
    public const int RenewalsPerLock = 3;

    private readonly ConcurrentDictionary<IEscalationMessage, byte> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _settling;
    private readonly CancellationTokenRegistration _ending;

    /// <summary>Takes the messages over; once the work is cancelled, they are still settled for as long as the last settlements may take.</summary>
    public MessageLocks(
        IReadOnlyList<IEscalationMessage> messages, TimeSpan lastSettlements, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        _open = new(messages.Select(m => KeyValuePair.Create(m, (byte)0)));
        _time = time;
        _logger = logger;

        // Not ended by the cancellation itself: what is written must not be worked on again only because the host ends.
        _settling = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _ending = cancellationToken.UnsafeRegister(_ => _settling.CancelAfter(lastSettlements), null);
    }

    /// <summary>How many are not settled.</summary>
    public int Open => _open.Count;

    /// <summary>Whether a message is not settled.</summary>
    public bool Holds(IEscalationMessage message) => _open.ContainsKey(message);

    /// <summary>Settles a message, once. What cannot be settled comes again, and its row says then that nothing is left to do: no reason to fail the others.</summary>
    public async Task SettleAsync(IEscalationMessage message, Settlement settlement)
    {
        if (!_open.TryRemove(message, out _))
            return;

        try
        {
            await message.SettleAsync(settlement, _settling.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.MessageNotSettled(_logger, e, settlement.Kind);
        }
    }

    /// <summary>Gives back what is not settled.</summary>
    public Task AbandonRestAsync(string why) => Task.WhenAll(_open.Keys.Select(message => SettleAsync(message, Settlement.Abandon(why))));

    /// <summary>Renews the locks of what is not settled, until cancelled.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (_open.IsEmpty)
            return;

        using var timer = new PeriodicTimer(_open.Keys.Min(m => m.LockDuration) / RenewalsPerLock, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
                await Task.WhenAll(_open.Keys.Select(message => TryRenewAsync(message, cancellationToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // All are settled, or the host ends.
        }
    }

    /// <summary>Ends what watches the cancellation.</summary>
    public void Dispose()
    {
        _ending.Dispose();
        _settling.Dispose();
    }

    private async Task TryRenewAsync(IEscalationMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await message.RenewLockAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A lost lock is no failure: whoever gets the message writes the same row. Nor is one that fails while the batch ends.
            Log.LockNotRenewed(_logger, e);
        }
    }
}
