using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Escalations;

/// <summary>Gives escalation messages to the large stage, keeps their locks while it works, and settles each on its own.</summary>
/// <remarks>
/// An outage uses up no delivery: the messages are worked on again under their locks until it is over or lasts longer than one
/// call waits. What fails for itself is abandoned, after a wait that grows with its deliveries.
/// </remarks>
public sealed class EscalationReceiver(
    // The large stage's ProcessAsync and GiveUpAsync.
    Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> process,
    Func<Escalation, string, CancellationToken, Task> giveUp,
    Patience patience,
    TimeProvider time,
    Random random,
    ILogger<EscalationReceiver> logger)
{
    /// <summary>How long a batch waits where nothing could be done for a cause that is no outage, such as a policy that cannot be used.</summary>
    /// <remarks>A failed call is delivered again at once, and five deliveries would be used up before anybody could mend it.</remarks>
    public static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(30);

    // How long settling may go on when the host ends; after that the locks end by themselves.
    private static readonly TimeSpan LastSettlements = TimeSpan.FromSeconds(5);

    /// <summary>Works on a batch until each of its messages is settled or the call is cancelled.</summary>
    /// <param name="messages">The batch.</param>
    /// <param name="seen">Told of each result, also of those that are tried again; null for nobody.</param>
    /// <param name="cancellationToken">Ends the work; what is not settled is abandoned, and that is no failure.</param>
    /// <exception cref="TinySaverException">Nothing could be done; the messages' locks end, and they come again.</exception>
    public async Task ReceiveAsync(IReadOnlyList<IEscalationMessage> messages, Action<EscalationResult>? seen, CancellationToken cancellationToken)
    {
        using var locks = new MessageLocks(messages, LastSettlements, time, logger, cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = locks.RenewAsync(done.Token);
        try
        {
            await WorkAsync(locks, await ReadAsync(messages, locks).ConfigureAwait(false), seen, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The instance goes. Another takes the rest up at once; without this it would wait for the locks to end.
            await locks.AbandonRestAsync("The host ended again and again while it worked on it.").ConfigureAwait(false);
        }
        catch (Exception e) when (Outage.Is(e))
        {
            await locks.AbandonRestAsync($"An outage lasted longer than is waited: {e.Message}").ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.BatchNotReceived(logger, e, locks.Open, FailurePause);
            await Task.Delay(FailurePause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            done.Cancel();
            await renewing.ConfigureAwait(false);
        }
    }

    /// <summary>Writes the failed row of an escalation that was given up. Waits out outages; the caller completes the message.</summary>
    /// <returns>Whether it was an escalation. What is none names no image, so there is no row to write: it is logged as an error.</returns>
    internal async Task<bool> RecordDeadLetterAsync(IEscalationMessage letter, CancellationToken cancellationToken)
    {
        try
        {
            Escalation escalation = Read(letter);
            await patience.TryAsync(
                $"Recording the dead letter of {escalation.Name}",
                token => giveUp(escalation, letter.DeadLetterReason ?? "It was given up; no reason was left with it.", token),
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PermanentFailureException e) when (e.Reason == FailureReason.MalformedMessage)
        {
            Log.MessageMalformed(logger, e.Message);
            return false;
        }
    }

    /// <summary>Writes the failed rows of escalations that were given up, one after another, completes each, and tells of each that was one.</summary>
    /// <exception cref="IOException">An outage lasts longer than is waited; the rest come again when their locks end.</exception>
    public async Task RecordDeadLettersAsync(IReadOnlyList<IEscalationMessage> letters, Action? recorded, CancellationToken cancellationToken)
    {
        foreach (IEscalationMessage letter in letters)
        {
            try
            {
                if (await RecordDeadLetterAsync(letter, cancellationToken).ConfigureAwait(false))
                    recorded?.Invoke();

                await letter.SettleAsync(Settlement.Complete, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && !Outage.Is(e))
            {
                // It comes again when its lock ends, and must not hold up the others until then.
                Log.MessageNotSettled(logger, e, SettlementKind.Complete);
            }
        }
    }

    private async Task<List<Received>> ReadAsync(IReadOnlyList<IEscalationMessage> messages, MessageLocks locks)
    {
        var received = new List<Received>(messages.Count);
        foreach (IEscalationMessage message in messages)
        {
            try
            {
                received.Add(new Received(message, Read(message)));
            }
            catch (PermanentFailureException e)
            {
                Log.MessageMalformed(logger, e.Message);
                await locks.SettleAsync(message, Settlement.DeadLetter(e)).ConfigureAwait(false);
            }
        }

        return received;
    }

    /// <summary>What a message asks for. One that comes again names no row: whoever had it before may have written that.</summary>
    /// <exception cref="PermanentFailureException">It is no escalation.</exception>
    internal static Escalation Read(IEscalationMessage message)
    {
        ReadOnlyMemory<byte> body;
        try
        {
            body = message.Body;
        }
        catch (Exception e) when (e is not PermanentFailureException)
        {
            throw new PermanentFailureException(FailureReason.MalformedMessage, $"The queue message is not an escalation: its body cannot be read: {e.Message}", e);
        }

        Escalation escalation = EscalationJson.Read(body);
        return message.DeliveryCount > 1 ? escalation with { Row = null } : escalation;
    }

    private async Task WorkAsync(MessageLocks locks, List<Received> pending, Action<EscalationResult>? seen, CancellationToken cancellationToken)
    {
        var abandoning = new ConcurrentBag<Task>();
        try
        {
            await patience.TryAsync("Working on escalations", token => TryAllAsync(token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(abandoning).ConfigureAwait(false);
        }

        async Task TryAllAsync(CancellationToken token)
        {
            var met = new ConcurrentQueue<Exception>();
            List<Received> tried = pending;
            await process([.. tried.Select(p => p.Escalation)], (index, result) => SettleAsync(tried[index], result, met, token), token)
                .ConfigureAwait(false);
            pending = [.. tried.Where(p => !p.Failed && locks.Holds(p.Message))];
            if (met.TryPeek(out Exception? outage))
                throw outage;
        }

        async Task SettleAsync(Received received, EscalationResult result, ConcurrentQueue<Exception> met, CancellationToken token)
        {
            seen?.Invoke(result);
            if (result is not { Outcome: EscalationOutcome.Retry, Error: { } error })
            {
                await locks.SettleAsync(received.Message, Settlement.Complete).ConfigureAwait(false);
            }
            else if (Outage.Is(error))
            {
                met.Enqueue(error);
            }
            else
            {
                received.Failed = true;
                abandoning.Add(AbandonLaterAsync(locks, received, error, token));
            }
        }
    }

    // Delivered at once it would fail at once: its deliveries are few, and the cause may need a moment.
    private async Task AbandonLaterAsync(MessageLocks locks, Received received, Exception error, CancellationToken cancellationToken)
    {
        IEscalationMessage message = received.Message;
        TimeSpan delay = Backoff.Standard.After(message.DeliveryCount, random.NextDouble());
        Log.ImageRetried(logger, error, received.Escalation.Name, "large", message.DeliveryCount);
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await locks.SettleAsync(
            message, Settlement.Abandon($"Given up after {message.DeliveryCount} deliveries; the last failed with: {error.Message}")).ConfigureAwait(false);
    }

    private sealed record Received(IEscalationMessage Message, Escalation Escalation)
    {
        public bool Failed { get; set; }
    }
}
