using Azure;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Cli.Status;

/// <summary>Reads where the images of an account stand, from its table and its container.</summary>
/// <remarks>It reads every row and lists every image, a thousand a request; it holds 16 bytes an image.</remarks>
internal sealed class StatusReader(StorageAccount account, TimeProvider time)
{
    private const int MaxRecentFailures = 10;

    private readonly HashSet<UInt128> _withRow = [];
    private readonly PriorityQueue<RecentFailure, DateTimeOffset> _failures = new();
    private readonly Dictionary<FailureReason, long> _reasons = [];
    private (string Name, Decider For, DateTimeOffset Since)? _oldest;
    private long _tiny;
    private long _large;
    private long _escalated;
    private long _failed;
    private long _degraded;
    private long _shadows;
    private long _agreeing;

    /// <summary>Reads it; once an object.</summary>
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        // Images before rows: what is labelled in between then counts as labelled, not as waiting.
        var images = new List<(UInt128 Key, string Name, DateTimeOffset Since)>();
        await foreach (ListedImage image in account.Images.ListAsync(null, cancellationToken))
            images.Add((image.Version.KeyOf(image.Name), image.Name, image.Version.LastModified));

        await foreach (StoredRow stored in account.Labels.QueryAsync(LabelQuery.All, cancellationToken))
            Count(stored);

        long waiting = 0;
        foreach ((UInt128 key, string name, DateTimeOffset since) in images)
        {
            if (!_withRow.Contains(key))
            {
                waiting++;
                Wait(name, Decider.Tiny, since);
            }
        }

        return new(
            Account: account.Name,
            Images: images.Count,
            WaitingForTiny: waiting,
            WaitingForLarge: _escalated,
            LabelledByTiny: _tiny,
            LabelledByLarge: _large,
            Failed: _failed,
            FailedByReason: new OrderedDictionary<FailureReason, long>(_reasons.OrderBy(r => r.Key.Name(), StringComparer.Ordinal)),
            Degraded: _degraded,
            ShadowAnswers: _shadows,
            ShadowAgreement: _shadows == 0 ? null : _agreeing / (double)_shadows,
            QueueDepth: await CountOrNullAsync(account.Escalations.GetBacklogAsync, cancellationToken),
            DeadLetters: await CountOrNullAsync(account.Escalations.GetDeadLetterCountAsync, cancellationToken),
            OldestWaiting: _oldest is { } oldest ? new(oldest.Name, oldest.For, oldest.Since, Math.Max(0, (time.GetUtcNow() - oldest.Since).TotalSeconds)) : null,
            RecentFailures: [.. _failures.UnorderedItems.Select(f => f.Element).OrderByDescending(f => f.At)]);
    }

    private void Count(StoredRow stored)
    {
        LabelRow row = stored.Row;
        _withRow.Add(row.Version.KeyOf(row.Name));
        switch (row)
        {
            case { Status: LabelStatus.Escalated }:
                _escalated++;
                Wait(row.Name, Decider.Large, row.Version.LastModified);
                break;
            case { Status: LabelStatus.Failed }:
                _failed++;
                FailureReason reason = row.Reason ?? FailureReason.Unknown;
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
                _failures.Enqueue(new(row.Name, row.Reason, row.ReasonDetail, stored.WrittenAt), stored.WrittenAt);
                if (_failures.Count > MaxRecentFailures)
                    _failures.Dequeue();

                break;
            case { DecidedBy: Decider.Large }:
                _large++;
                break;
            default:
                _tiny++;
                _degraded += row.Degraded ? 1 : 0;
                _shadows += row.LargeLabel is null ? 0 : 1;
                _agreeing += row.LargeLabel is not null && row.LargeClassIndex == row.ClassIndex ? 1 : 0;
                break;
        }
    }

    private void Wait(string name, Decider model, DateTimeOffset since)
    {
        if (_oldest is not { } oldest || since < oldest.Since)
            _oldest = (name, model, since);
    }

    private static async Task<long?> CountOrNullAsync(Func<CancellationToken, Task<long>> count, CancellationToken cancellationToken)
    {
        try
        {
            return await count(cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status is 403 or 404) // without a role on queues storage does not say that there is none
        {
            return null;
        }
    }
}

/// <summary>Where the images of an account stand; the object that <c>--json</c> prints.</summary>
/// <param name="Account">The account, without any key.</param>
/// <param name="Images">Images in the container.</param>
/// <param name="WaitingForTiny">Images whose present version has no row: the tiny stage has not come to them yet.</param>
/// <param name="WaitingForLarge">Rows that wait for the large model: the backlog.</param>
/// <param name="LabelledByTiny">Rows labelled by the tiny model.</param>
/// <param name="LabelledByLarge">Rows labelled by the large model.</param>
/// <param name="Failed">Rows that failed.</param>
/// <param name="FailedByReason">The failed ones by reason, ordered by its name.</param>
/// <param name="Degraded">Rows whose tiny label was accepted below the threshold because of overload.</param>
/// <param name="ShadowAnswers">Rows that the large model has seen in the shadow.</param>
/// <param name="ShadowAgreement">Of those, the share on which both models agree; null where there are none.</param>
/// <param name="QueueDepth">Messages on the account's own escalation queue; null where there is none, as with Service Bus.</param>
/// <param name="DeadLetters">Messages on its dead-letter queue.</param>
/// <param name="OldestWaiting">The image that has waited longest; null where none waits.</param>
/// <param name="RecentFailures">The latest failures, latest first.</param>
internal sealed record StatusReport(
    string Account, long Images, long WaitingForTiny, long WaitingForLarge, long LabelledByTiny, long LabelledByLarge, long Failed,
    IReadOnlyDictionary<FailureReason, long> FailedByReason, long Degraded, long ShadowAnswers, double? ShadowAgreement, long? QueueDepth,
    long? DeadLetters, WaitingImage? OldestWaiting, IReadOnlyList<RecentFailure> RecentFailures);

/// <summary>An image that waits.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="For">The model that it waits for.</param>
/// <param name="Since">When its present version was written.</param>
/// <param name="Seconds">How long ago that is.</param>
internal sealed record WaitingImage(string Name, Decider For, DateTimeOffset Since, double Seconds);

/// <summary>An image that failed.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">What was found.</param>
/// <param name="At">When its row was written.</param>
internal sealed record RecentFailure(string Name, FailureReason? Reason, string? Message, DateTimeOffset At);
