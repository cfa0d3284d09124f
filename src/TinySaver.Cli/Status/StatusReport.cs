using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Cli.Status;

/// <summary>Where the images of an account stand; the object that <c>--json</c> prints.</summary>
internal sealed record StatusReport
{
    /// <summary>The account, without any key.</summary>
    public required string Account { get; init; }

    /// <summary>Images in the container.</summary>
    public required long Images { get; init; }

    /// <summary>Images whose present version has no row: the tiny stage has not come to them yet.</summary>
    public required long WaitingForTiny { get; init; }

    /// <summary>Rows that wait for the large model: the backlog.</summary>
    public required long WaitingForLarge { get; init; }

    /// <summary>Rows labelled by the tiny model.</summary>
    public required long LabelledByTiny { get; init; }

    /// <summary>Rows labelled by the large model.</summary>
    public required long LabelledByLarge { get; init; }

    /// <summary>Rows that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>The failed ones by reason, ordered by its name.</summary>
    public required IReadOnlyDictionary<FailureReason, long> FailedByReason { get; init; }

    /// <summary>Rows whose tiny label was accepted below the threshold because of overload.</summary>
    public required long Degraded { get; init; }

    /// <summary>Rows that the large model has seen in the shadow.</summary>
    public required long ShadowAnswers { get; init; }

    /// <summary>Of those, the share on which both models agree; null where there are none.</summary>
    public double? ShadowAgreement { get; init; }

    /// <summary>Messages on the account's own escalation queue; null where there is none, as with Service Bus.</summary>
    public long? QueueDepth { get; init; }

    /// <summary>Messages on its dead-letter queue.</summary>
    public long? DeadLetters { get; init; }

    /// <summary>The image that has waited longest; null where none waits.</summary>
    public WaitingImage? OldestWaiting { get; init; }

    /// <summary>The latest failures, latest first.</summary>
    public required IReadOnlyList<RecentFailure> RecentFailures { get; init; }
}

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
