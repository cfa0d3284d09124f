using Azure;
using TinySaver.Calibration.Watch;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Pipeline.Status;

/// <summary>How the guarantee of a policy stands.</summary>
/// <param name="Policy">The policy's id.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="Since">Since when; null where it is unknown.</param>
/// <param name="LookedAt">When new audits were looked at last.</param>
/// <param name="Audits">How many audits there were.</param>
/// <param name="Differences">Of those, images that the policy answers otherwise than the large model.</param>
/// <param name="Low">The lower end of the share of differences, right at all times at once with 95 % confidence.</param>
/// <param name="High">The upper end.</param>
/// <param name="Allowed">The share that the guarantee allows.</param>
/// <param name="Evidence">The evidence against it.</param>
/// <param name="AlarmAt">The evidence at which it counts as broken.</param>
/// <param name="ExitRate">The share of the audited images that exit.</param>
/// <param name="Message">All that in a sentence or two.</param>
/// <param name="Restarts">How often the watch was begun anew, the latest last.</param>
public sealed record GuaranteeStatus(
    string Policy, GuaranteeState State, DateTimeOffset? Since, DateTimeOffset LookedAt, long Audits, long Differences, double Low, double High, double? Allowed,
    double Evidence, double AlarmAt, double? ExitRate, string Message, IReadOnlyList<WatchRestart> Restarts)
{
    /// <summary>The status of a watch.</summary>
    public static GuaranteeStatus Of(StoredWatch watch)
    {
        GuaranteeReport report = watch.Report;
        return new(
            watch.Policy, report.State, report.Since, watch.LookedAt, report.Counts.Audits, report.Counts.Differences, report.Low, report.High, report.Plan.Allowed,
            report.Evidence, report.Plan.AlarmAt, report.ExitRate, watch.Sentence, watch.Restarts);
    }

    /// <summary>The status of the policy that was watched last; null where none was, or who asks may not read it.</summary>
    /// <remarks>The last, because nothing in the account says which policy is in use where that is a file of this machine.</remarks>
    public static async Task<GuaranteeStatus?> ReadAsync(IWatchStore watches, CancellationToken cancellationToken)
    {
        try
        {
            return await watches.ListAsync(cancellationToken).MaxByAsync(w => w.LookedAt, cancellationToken: cancellationToken).ConfigureAwait(false) is { } last ? Of(last) : null;
        }
        catch (RequestFailedException error) when (error.Status is 403 or 404)
        {
            return null;
        }
    }
}
