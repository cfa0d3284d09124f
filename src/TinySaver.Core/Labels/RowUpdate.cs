namespace TinySaver.Core.Labels;

/// <summary>Decides whether a row may replace the one that the table holds, so that any order of deliveries ends in the same row.</summary>
/// <remarks>
/// Every row has a place in one order: first its image version, then, within a version, its standing. The row that is highest
/// stays, so a repeated or late write changes nothing. Rows of the same version and standing say the same but for their
/// measurements (milliseconds, operation id); of those the first stays.
/// </remarks>
public static class RowUpdate
{
    /// <summary>Whether <paramref name="incoming"/> replaces <paramref name="existing"/>.</summary>
    /// <param name="existing">The table's row of the same image; null where it has none.</param>
    /// <param name="incoming">The row to write.</param>
    /// <param name="currentETag">
    /// The ETag of the blob as it is now, without quotes, which settles what two versions of the same second leave open; null
    /// where it was not asked for or the blob is gone. Needed only where <see cref="ImageVersion.IsAmbiguousWith"/> says so.
    /// </param>
    public static bool Replaces(LabelRow? existing, LabelRow incoming, string? currentETag = null)
    {
        if (existing is null)
            return true;

        int byVersion = CompareVersions(existing.Version, incoming.Version, currentETag);
        return byVersion < 0 || (byVersion == 0 && Standing(existing) < Standing(incoming));
    }

    /// <summary>Whether the large model, to which a version was escalated, has something to add to the row: it is missing, escalated, or waits for a shadow answer.</summary>
    public static bool AwaitsLarge(LabelRow? existing, ImageVersion version, bool shadow)
    {
        if (existing is null || existing.Version.CompareTo(version) < 0)
            return true;

        // An older version of the same second may really be the newer one; the download's If-Match finds out.
        if (existing.Version != version)
            return existing.Version.IsAmbiguousWith(version);

        return Standing(existing) < (shadow ? RowStanding.ShadowAnswered : RowStanding.LabelledByLarge);
    }

    private static int CompareVersions(ImageVersion existing, ImageVersion incoming, string? currentETag)
    {
        if (currentETag is not null && existing.IsAmbiguousWith(incoming))
        {
            if (string.Equals(incoming.ETag, currentETag, StringComparison.Ordinal))
                return -1;

            if (string.Equals(existing.ETag, currentETag, StringComparison.Ordinal))
                return 1;
        }

        return existing.CompareTo(incoming);
    }

    private static RowStanding Standing(LabelRow row) => row switch
    {
        { Status: LabelStatus.Escalated } => RowStanding.Escalated,
        { Status: LabelStatus.Failed } => RowStanding.Failed,
        { DecidedBy: Decider.Large } => RowStanding.LabelledByLarge,
        { LargeLabel: not null } => RowStanding.ShadowAnswered,
        _ => RowStanding.LabelledByTiny,
    };

    // From what says least to what says most about a version; the order is the contract.
    private enum RowStanding
    {
        Escalated,

        // Above Escalated: a dead-lettered escalation ends the wait. Below Labelled: a later success is worth more.
        Failed,
        LabelledByTiny,
        ShadowAnswered,
        LabelledByLarge,
    }
}
