using Azure;
using TinySaver.Calibration.Watch;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether the guarantee holds, and somebody looks whether it does.</summary>
internal static class Guarantee
{
    // The tiny app looks each quarter of an hour; one look may come late.
    private static readonly TimeSpan LongestUnseen = TimeSpan.FromMinutes(45);

    public static readonly Check Check = new("guarantee", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        const string Off = "no image is audited, so nobody watches the guarantee (TinySaver__Pipeline__AuditShare, in Azure TINYSAVER_AUDIT_SHARE)";
        try
        {
            StoredWatch? watch = await d.PolicyAsync(cancellationToken) is { } found
                ? await d.Account.Watches.GetAsync(found.Policy.Id, cancellationToken)
                : await d.Account.Watches.ListAsync(cancellationToken).MaxByAsync(w => w.LookedAt, cancellationToken: cancellationToken);
            if (watch is null)
                return Finding.NotHere(Off);

            DateTimeOffset seen = d.Time.GetUtcNow() - LongestUnseen;
            if (watch.ReadTo < seen && await d.Account.Audits.ReadAsync(watch.Policy, watch.ReadTo, seen, evidence: false, cancellationToken).AnyAsync(cancellationToken))
            {
                return Finding.Warning(
                    $"there are audits since {watch.ReadTo.UtcDateTime:yyyy-MM-dd HH:mm'Z'} that nobody has looked at",
                    d.IsInAzure ? "The function WatchGuarantee looks each quarter of an hour; the tiny app's log says why it does not." : "`tinysaver run --watch` looks each minute.");
            }

            return watch.Report.State switch
            {
                GuaranteeState.Broken => Finding.Warning($"broken: {watch.Sentence}", "Look at the differences with `tinysaver view`, and find a new policy with `tinysaver recalibrate`, or where the cause is gone `tinysaver policy restart-watch`; docs/lifecycle.md has all three."),
                GuaranteeState.AtRisk => Finding.Warning($"at risk: {watch.Sentence}", "Images are no longer like those that the policy was certified on; docs/lifecycle.md says what to do."),
                GuaranteeState.Holds => Finding.Ok($"holds: {watch.Sentence}"),
                _ => Finding.NotHere(watch.Sentence),
            };
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            return Finding.NotHere(Off);
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            return Finding.NotHere($"you may not read the table '{d.Account.Options.AuditsTable}'");
        }
    }
}
