using Azure;
using Azure.Data.Tables.Models;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Viewer.Reviews;

/// <summary>Finds the audited images that a policy answers otherwise than the large model: what its guarantee is held against.</summary>
internal static class AuditDifferences
{
    private const int Most = 200;

    // The table gives audits oldest first and cannot compare two columns, so the latest are sought in stretches that grow: of many audits few are read.
    private const int Growth = 4;

    private static readonly TimeSpan FirstStretch = TimeSpan.FromHours(1);

    // A person waits: what is found by then is shown.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The names of the latest 200, the latest first; none where nothing is audited.</summary>
    public static async Task<IReadOnlyList<string>> LatestAsync(IAuditStore audits, string policy, TimeProvider time, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        try
        {
            long start = time.GetTimestamp();
            DateTimeOffset now = time.GetUtcNow(), until = DateTimeOffset.MaxValue;
            for (TimeSpan age = FirstStretch; until > DateTimeOffset.MinValue && names.Count < Most && time.GetElapsedTime(start) < Patience; age *= Growth)
            {
                DateTimeOffset since = age < now - DateTimeOffset.UnixEpoch ? now - age : DateTimeOffset.MinValue;
                List<string> found = await audits.ReadAsync(policy, since, until, evidence: false, cancellationToken).Where(a => a.Differs).Select(a => a.Name).ToListAsync(cancellationToken);
                names.AddRange(found.AsEnumerable().Reverse());
                until = since;
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            // An account from before there were audits.
        }

        return [.. names.Distinct(StringComparer.Ordinal).Take(Most)];
    }
}
