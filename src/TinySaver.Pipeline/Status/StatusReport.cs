using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Status;

/// <summary>Where the images of an account stand; the object that <c>status --json</c> prints.</summary>
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
public sealed record StatusReport(
    string Account, long Images, long WaitingForTiny, long WaitingForLarge, long LabelledByTiny, long LabelledByLarge, long Failed,
    IReadOnlyDictionary<FailureReason, long> FailedByReason, long Degraded, long ShadowAnswers, double? ShadowAgreement, long? QueueDepth,
    long? DeadLetters, WaitingImage? OldestWaiting, IReadOnlyList<RecentFailure> RecentFailures)
{
    /// <summary>How the guarantee of the policy stands that was watched last; null where nothing is audited.</summary>
    public GuaranteeStatus? Guarantee { get; init; }
}

/// <summary>An image that waits.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="For">The model that it waits for.</param>
/// <param name="Since">When its present version was written.</param>
/// <param name="Seconds">How long ago that is.</param>
public sealed record WaitingImage(string Name, Decider For, DateTimeOffset Since, double Seconds);

/// <summary>An image that failed.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">What was found.</param>
/// <param name="At">When its row was written.</param>
public sealed record RecentFailure(string Name, FailureReason? Reason, string? Message, DateTimeOffset At);

/// <summary>What is counted of a row. A name only where the report may show it, so that who holds many holds little.</summary>
/// <param name="Version">The key of the image and the version that the row speaks of.</param>
/// <param name="Status">Where the image stands.</param>
/// <param name="DecidedBy">Who labelled it.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Degraded">Whether its tiny label was accepted because of overload.</param>
/// <param name="Shadowed">Whether the large model answered beside the tiny label.</param>
/// <param name="Agrees">Whether both then said the same.</param>
/// <param name="Name">The name of an image that waits or failed; null of any other.</param>
/// <param name="Message">Of a failed one, what was found.</param>
/// <param name="Since">When the image's version was written.</param>
/// <param name="WrittenAt">When the row was written.</param>
public readonly record struct StatusFacts(
    UInt128 Version, LabelStatus Status, Decider? DecidedBy, FailureReason? Reason, bool Degraded, bool Shadowed, bool Agrees, string? Name, string? Message,
    DateTimeOffset Since, DateTimeOffset WrittenAt)
{
    /// <summary>The facts of a row.</summary>
    public static StatusFacts Of(Labels.StoredRow stored)
    {
        LabelRow row = stored.Row;
        bool shadowed = row is { Status: LabelStatus.Labelled, DecidedBy: not Decider.Large, LargeLabel: not null };
        return new(
            row.Version.KeyOf(row.Name), row.Status, row.DecidedBy, row.Reason, row.Degraded, shadowed, shadowed && row.LargeClassIndex == row.ClassIndex,
            row.Status == LabelStatus.Labelled ? null : row.Name, row.Status == LabelStatus.Failed ? row.ReasonDetail : null, row.Version.LastModified, stored.WrittenAt);
    }
}
