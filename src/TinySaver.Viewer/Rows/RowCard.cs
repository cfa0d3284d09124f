using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Viewer.Rows;

/// <summary>A row as the grid shows it.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="ETag">The version that the row speaks of.</param>
/// <param name="Status">Where the image stands.</param>
/// <param name="Label">Its label.</param>
/// <param name="Confidence">The label's confidence.</param>
/// <param name="By">Who labelled it.</param>
/// <param name="Tiny">What the tiny model says.</param>
/// <param name="TinyConfidence">How confident it is.</param>
/// <param name="Large">What the large model says.</param>
/// <param name="Degraded">Whether the label was accepted below the threshold; null for no.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Message">What was found.</param>
/// <param name="WrittenAt">When the row was written.</param>
internal sealed record RowCard(
    string Name, string ETag, string Status, string? Label, double? Confidence, string? By, string? Tiny, double? TinyConfidence, string? Large, bool? Degraded,
    string? Reason, string? Message, DateTimeOffset WrittenAt)
{
    /// <summary>The card of a row.</summary>
    public static RowCard Of(StoredRow stored)
    {
        LabelRow row = stored.Row;
        return new(
            row.Name, row.Version.ETag, row.Status.Name(), row.Label, row.Confidence, row.DecidedBy?.Name(), row.TinyLabel, row.TinyConfidence, row.LargeLabel,
            row.Degraded ? true : null, row.Reason?.Name(), row.ReasonDetail, stored.WrittenAt);
    }
}

/// <summary>A filter as addresses carry it: every part a query parameter, absent where it does not restrict.</summary>
/// <param name="Batch">The batch; empty for images in no folder.</param>
/// <param name="Job">The batch job.</param>
/// <param name="Status">The status.</param>
/// <param name="Label">The label.</param>
/// <param name="By">Who decided.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="From">The least confidence.</param>
/// <param name="To">The most confidence.</param>
/// <param name="Differ">Whether only rows whose models differ.</param>
internal sealed record FilterQuery(string? Batch, string? Job, string? Status, string? Label, string? By, string? Reason, double? From, double? To, bool? Differ)
{
    /// <summary>The filter.</summary>
    /// <exception cref="TinySaverException">A part has no such value.</exception>
    public LabelFilter ToFilter() => new()
    {
        Batch = Batch,
        Job = Empty(Job),
        Status = Known<LabelStatus>(Status, "status"),
        Label = Empty(Label),
        DecidedBy = Known<Decider>(By, "by"),
        Reason = Known<FailureReason>(Reason, "reason"),
        From = From,
        To = To,
        Differ = Differ == true,
    };

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static T? Known<T>(string? text, string parameter)
        where T : struct, Enum => string.IsNullOrEmpty(text)
            ? null
            : EnumNames.Find<T>(text) ?? throw new TinySaverException($"There is no {parameter} '{text}'; expected one of {string.Join(", ", EnumNames.All<T>())}.");
}
