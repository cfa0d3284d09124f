using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Status;

/// <summary>Counts rows and images to a <see cref="StatusReport"/>: first all rows, then all images.</summary>
/// <remarks>It holds 16 bytes a row.</remarks>
public sealed class StatusCounter
{
    private const int MaxRecentFailures = 10;

    private readonly HashSet<UInt128> _withRow = [];
    private readonly PriorityQueue<RecentFailure, DateTimeOffset> _failures = new();
    private readonly Dictionary<FailureReason, long> _reasons = [];
    private (string Name, Decider For, DateTimeOffset Since)? _oldest;
    private long _images;
    private long _waiting;
    private long _tiny;
    private long _large;
    private long _escalated;
    private long _failed;
    private long _degraded;
    private long _shadows;
    private long _agreeing;

    /// <summary>Counts a row.</summary>
    public void Row(in StatusFacts row)
    {
        _withRow.Add(row.Version);
        switch (row)
        {
            case { Status: LabelStatus.Escalated }:
                _escalated++;
                Wait(row.Name!, Decider.Large, row.Since);
                break;
            case { Status: LabelStatus.Failed }:
                _failed++;
                FailureReason reason = row.Reason ?? FailureReason.Unknown;
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
                _failures.Enqueue(new(row.Name!, row.Reason, row.Message, row.WrittenAt), row.WrittenAt);
                if (_failures.Count > MaxRecentFailures)
                    _failures.Dequeue();

                break;
            case { DecidedBy: Decider.Large }:
                _large++;
                break;
            default:
                _tiny++;
                _degraded += row.Degraded ? 1 : 0;
                _shadows += row.Shadowed ? 1 : 0;
                _agreeing += row.Agrees ? 1 : 0;
                break;
        }
    }

    /// <summary>Counts an image of the container: by the key of its name and present version, its name, and when that version was written.</summary>
    public void Image(UInt128 version, string name, DateTimeOffset since)
    {
        _images++;
        if (_withRow.Contains(version))
            return;

        _waiting++;
        Wait(name, Decider.Tiny, since);
    }

    /// <summary>What was counted.</summary>
    /// <param name="account">The account's name.</param>
    /// <param name="queueDepth">Messages on its escalation queue; null where there is none.</param>
    /// <param name="deadLetters">Messages on its dead-letter queue; null where there is none.</param>
    /// <param name="now">The time.</param>
    public StatusReport Report(string account, long? queueDepth, long? deadLetters, DateTimeOffset now) => new(
        Account: account,
        Images: _images,
        WaitingForTiny: _waiting,
        WaitingForLarge: _escalated,
        LabelledByTiny: _tiny,
        LabelledByLarge: _large,
        Failed: _failed,
        FailedByReason: new OrderedDictionary<FailureReason, long>(_reasons.OrderBy(r => r.Key.Name(), StringComparer.Ordinal)),
        Degraded: _degraded,
        ShadowAnswers: _shadows,
        ShadowAgreement: _shadows == 0 ? null : _agreeing / (double)_shadows,
        QueueDepth: queueDepth,
        DeadLetters: deadLetters,
        OldestWaiting: _oldest is { } oldest ? new(oldest.Name, oldest.For, oldest.Since, Math.Max(0, (now - oldest.Since).TotalSeconds)) : null,
        RecentFailures: [.. _failures.UnorderedItems.Select(f => f.Element).OrderByDescending(f => f.At)]);

    private void Wait(string name, Decider model, DateTimeOffset since)
    {
        if (_oldest is not { } oldest || since < oldest.Since)
            _oldest = (name, model, since);
    }
}
