using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Cli.Status;

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
