using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Gives the messages of a trigger to the large stage, keeps their locks while it works, and settles each on its own.</summary>
public sealed class EscalationReceiver
{
    private readonly Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> _process;
    private readonly Func<Escalation, string, CancellationToken, Task> _giveUp;
    private readonly TimeProvider _time;
    private readonly ILogger<EscalationReceiver> _logger;

    /// <summary>Receives for a large stage.</summary>
    public EscalationReceiver(LargeStage stage, TimeProvider time, ILogger<EscalationReceiver> logger)
        : this(stage.ProcessAsync, stage.GiveUpAsync, time, logger)
    {
    }

    internal EscalationReceiver(
        Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> process,
        Func<Escalation, string, CancellationToken, Task> giveUp,
        TimeProvider time,
        ILogger<EscalationReceiver> logger)
    {
        _process = process;
        _giveUp = giveUp;
        _time = time;
        _logger = logger;
    }

    /// <summary>How often locks are renewed: well within the shortest lock that makes sense for a queue, 30 s; ours is 5 min.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a batch waits where nothing could be done, for instance because no policy is there.</summary>
    /// <remarks>A failed invocation is delivered again at once, and five deliveries would be used up before anybody could mend it.</remarks>
    public static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(30);

    /// <summary>Works on a batch until each of its messages is settled or the invocation is cancelled.</summary>
    /// <returns>When all are settled. Cancelled: the rest is abandoned, and that is no failure.</returns>
    /// <exception cref="TinySaverException">Nothing could be done; the messages keep their deliveries' count and come again.</exception>
    public async Task ReceiveAsync(IEscalationMessages messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var open = new ConcurrentDictionary<int, byte>(Enumerable.Range(0, messages.Count).Select(i => KeyValuePair.Create(i, (byte)0)));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = RenewAsync(messages, open, done.Token);
        try
        {
            (List<int> indices, List<Escalation> escalations) = await ReadAsync(messages, open).ConfigureAwait(false);
            await _process(
                escalations, (i, result) => SettleAsync(messages, open, indices[i], result), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The instance goes. Another takes the rest up at once; without this it would wait for the locks to end.
            await Task.WhenAll(open.Keys.Select(i => TrySettleAsync(messages, open, i, Settlement.Abandon))).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.BatchNotReceived(_logger, e, open.Count, FailurePause);
            await Task.Delay(FailurePause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    /// <summary>Writes the failed row of an escalation that Service Bus has dead-lettered.</summary>
    /// <param name="body">The message's body.</param>
    /// <param name="reason">The dead-letter reason.</param>
    /// <param name="description">Its description.</param>
    /// <param name="deliveryCount">How often it had been delivered.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>A message that is no escalation names no image, so there is no row to write: it is logged as an error.</remarks>
    public async Task RecordDeadLetterAsync(
        ReadOnlyMemory<byte> body, string? reason, string? description, int deliveryCount, CancellationToken cancellationToken)
    {
        try
        {
            string detail = $"Dead-lettered after {deliveryCount} deliveries: {reason ?? "no reason was given"}. {description}".TrimEnd();
            await _giveUp(EscalationJson.Read(body), detail, cancellationToken).ConfigureAwait(false);
        }
        catch (PermanentFailureException e) when (e.Reason == FailureReason.MalformedMessage)
        {
            Log.MessageMalformed(_logger, e.Message);
        }
    }

    private async Task<(List<int> Indices, List<Escalation> Escalations)> ReadAsync(IEscalationMessages messages, ConcurrentDictionary<int, byte> open)
    {
        var indices = new List<int>(messages.Count);
        var escalations = new List<Escalation>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            try
            {
                escalations.Add(EscalationJson.Read(messages.Body(i)));
                indices.Add(i);
            }
            catch (PermanentFailureException e)
            {
                Log.MessageMalformed(_logger, e.Message);
                await TrySettleAsync(messages, open, i, Settlement.DeadLetter(e)).ConfigureAwait(false);
            }
        }

        return (indices, escalations);
    }

    private Task SettleAsync(IEscalationMessages messages, ConcurrentDictionary<int, byte> open, int index, EscalationResult result)
    {
        if (result is { Outcome: EscalationOutcome.Retry, Error: { } error })
        {
            Log.ImageRetried(_logger, error, EscalationJson.Read(messages.Body(index)).Name, "large", messages.DeliveryCount(index));
        }

        return TrySettleAsync(messages, open, index, Settlement.Of(result));
    }

    // What cannot be settled is delivered again, and the row says then that nothing is left to do: no reason to fail the batch.
    // Never cancelled: what is written must not be worked on again only because the instance goes.
    private async Task TrySettleAsync(IEscalationMessages messages, ConcurrentDictionary<int, byte> open, int index, Settlement settlement)
    {
        open.TryRemove(index, out _);
        try
        {
            await messages.SettleAsync(index, settlement, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.MessageNotSettled(_logger, e, settlement.Kind);
        }
    }

    private async Task RenewAsync(IEscalationMessages messages, ConcurrentDictionary<int, byte> open, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RenewalInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.WhenAll(open.Keys.Select(i => TryRenewAsync(messages, i, cancellationToken))).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // All are settled, or the instance goes.
        }
    }

    private async Task TryRenewAsync(IEscalationMessages messages, int index, CancellationToken cancellationToken)
    {
        try
        {
            await messages.RenewLockAsync(index, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A lost lock is no failure: whoever gets the message writes the same row.
            Log.LockNotRenewed(_logger, e);
        }
    }
}
