using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Watch;

/// <summary>Whether a policy's guarantee holds for the images that come.</summary>
[JsonConverter(typeof(EnumNameConverter<GuaranteeState>))]
public enum GuaranteeState
{
    /// <summary>There are no audits, or the policy says nothing that they could be held against.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>Nothing speaks against it.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,

    /// <summary>Images differ from those that it was given for, or there is evidence against it, but not enough for an alarm.</summary>
    [JsonStringEnumMemberName("at-risk")]
    AtRisk,

    /// <summary>There are more differences from the large model than it allows, which chance explains with a probability of at most α.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,
}

/// <summary>What a watch has to say.</summary>
/// <param name="State">Whether the guarantee holds.</param>
/// <param name="Since">Since when; null where it is unknown.</param>
/// <param name="Plan">What the audits are held against.</param>
/// <param name="Counts">What the audits came to.</param>
/// <param name="Low">Lower end of the confidence sequence of the share of differences: with probability 1 − α right at all times at once.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Evidence">The evidence that differences are more than allowed; the alarm is at the plan's.</param>
/// <param name="ExitEvidence">The evidence that the exit rate is another than the one measured.</param>
/// <param name="ClassEvidence">The evidence that the mix of classes is another.</param>
/// <param name="ClassIndex">The class that has most part in it; <see cref="ClassShare.Others"/> for all that are not listed, null without.</param>
public sealed record GuaranteeReport(
    GuaranteeState State, DateTimeOffset? Since, WatchPlan Plan, WatchCounts Counts, double Low, double High, double Evidence, double ExitEvidence,
    double ClassEvidence, int? ClassIndex)
{
    /// <summary>The share of differences; null without audits.</summary>
    public double? Differing => Counts.Audits == 0 ? null : Counts.Differences / (double)Counts.Audits;

    /// <summary>The exit rate; null without audits.</summary>
    public double? ExitRate => Counts.Audits == 0 ? null : Counts.Exits / (double)Counts.Audits;

    /// <summary>The state and its figures in a sentence or two, for people.</summary>
    public string Sentence => Plan.Allowed is not { } allowed ? "The policy neither promises nor records how often it differs from the large model, so there is nothing to watch."
        : Counts.Audits == 0 ? "No image of the audit sample was answered yet."
        : FormattableString.Invariant($"{Counts.Differences:N0} of {Counts.Audits:N0} audits differ from the large model: {Percent(Differing!.Value)} ({Percent(Low)} to {Percent(High)}), {Percent(allowed)} allowed{(Plan.Promised ? "" : " as measured")}; evidence {Amount(Evidence)}, alarm at {Plan.AlarmAt:0}.{Change}{Drift}");

    /// <inheritdoc/>
    public override string ToString() => Sentence;

    private string Change => State is GuaranteeState.Broken or GuaranteeState.AtRisk && Counts is { ChangeAt: { } at, ChangeScore: > 0 }
        ? FormattableString.Invariant($" Since about {at.UtcDateTime:yyyy-MM-dd HH:mm'Z'}: {Counts.ChangeDifferences:N0} of {Counts.ChangeAudits:N0}.")
        : "";

    private string Drift => (Counts.ExitsDriftSince is null ? "" : FormattableString.Invariant(
            $" The exit rate has changed: {Percent(ExitRate!.Value)} over all audits, measured were {Percent(Plan.ExitLow!.Value)} to {Percent(Plan.ExitHigh!.Value)}."))
        + (Counts.ClassesDriftSince is null ? "" : $" The mix of classes is another{(ClassIndex is >= 0 ? $", most of all class {ClassIndex}" : "")}.");

    // It grows without end, and nobody reads a hundred digits.
    private static string Amount(double evidence) => evidence < 1e6 ? FormattableString.Invariant($"{evidence:0.##}") : "above a million";

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:0.##} %");
}
