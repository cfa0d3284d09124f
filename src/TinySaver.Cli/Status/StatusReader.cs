using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Labels;
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
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private (string Name, string For, DateTimeOffset Since)? _oldest;
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
        {
            images.Add((Key(image.Name, image.Version.ETag), image.Name, image.Version.LastModified));
        }

        await foreach (StoredRow stored in account.Labels.QueryAsync(LabelQuery.All, cancellationToken))
        {
            Count(stored);
        }

        long waiting = 0;
        foreach ((UInt128 key, string name, DateTimeOffset since) in images)
        {
            if (!_withRow.Contains(key))
            {
                waiting++;
                Wait(name, "tiny", since);
            }
        }

        return new()
        {
            Account = account.Name,
            Images = images.Count,
            WaitingForTiny = waiting,
            WaitingForLarge = _escalated,
            LabelledByTiny = _tiny,
            LabelledByLarge = _large,
            Failed = _failed,
            FailedByReason = _reasons,
            Degraded = _degraded,
            ShadowAnswers = _shadows,
            ShadowAgreement = _shadows == 0 ? null : _agreeing / (double)_shadows,
            QueueDepth = await CountOrNullAsync(account.Escalations.GetBacklogAsync, cancellationToken),
            DeadLetters = await CountOrNullAsync(account.Escalations.GetDeadLetterCountAsync, cancellationToken),
            OldestWaiting = _oldest is { } oldest ? new(oldest.Name, oldest.For, oldest.Since, Math.Max(0, (time.GetUtcNow() - oldest.Since).TotalSeconds)) : null,
            RecentFailures = [.. _failures.UnorderedItems.Select(f => f.Element).OrderByDescending(f => f.At)],
        };
    }

    private void Count(StoredRow stored)
    {
        LabelRow row = stored.Row;
        _withRow.Add(Key(row.Name, row.Version.ETag));
        switch (row)
        {
            case { Status: LabelStatus.Escalated }:
                _escalated++;
                Wait(row.Name, "large", row.Version.LastModified);
                break;
            case { Status: LabelStatus.Failed }:
                _failed++;
                string reason = row.Reason ?? "unknown";
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
                _failures.Enqueue(new(row.Name, row.Reason, row.ReasonDetail, stored.WrittenAt), stored.WrittenAt);
                if (_failures.Count > MaxRecentFailures)
                {
                    _failures.Dequeue();
                }

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

    private void Wait(string name, string stage, DateTimeOffset since)
    {
        if (_oldest is not { } oldest || since < oldest.Since)
        {
            _oldest = (name, stage, since);
        }
    }

    private static async Task<long?> CountOrNullAsync(Func<CancellationToken, Task<long>> count, CancellationToken cancellationToken)
    {
        try
        {
            return await count(cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }

    private static UInt128 Key(string name, string etag)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{etag}"), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
