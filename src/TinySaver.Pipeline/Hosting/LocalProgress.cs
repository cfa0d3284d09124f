using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Hosting;

/// <summary>Counts what the local host has done since it started. Safe to share between threads.</summary>
public sealed class LocalProgress
{
    private long _labelledByTiny;
    private long _escalated;
    private long _labelledByLarge;
    private long _failed;
    private long _gone;
    private long _retries;
    private long _wastedInferences;

    /// <summary>Images that the tiny model labelled.</summary>
    public long LabelledByTiny => Interlocked.Read(ref _labelledByTiny);

    /// <summary>Images that were handed to the large model.</summary>
    public long Escalated => Interlocked.Read(ref _escalated);

    /// <summary>Images that the large model labelled.</summary>
    public long LabelledByLarge => Interlocked.Read(ref _labelledByLarge);

    /// <summary>Images whose row says that they failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Images that were deleted or overwritten before they had a label.</summary>
    public long Gone => Interlocked.Read(ref _gone);

    /// <summary>Tries that failed for a transient cause, in both stages.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Answers of the large model that nobody needed any longer.</summary>
    public long WastedInferences => Interlocked.Read(ref _wastedInferences);

    internal void Count(TinyResult result) => _ = result.Outcome switch
    {
        TinyOutcome.Labelled => Interlocked.Increment(ref _labelledByTiny),
        TinyOutcome.Escalated => Interlocked.Increment(ref _escalated),
        TinyOutcome.Failed => Interlocked.Increment(ref _failed),
        TinyOutcome.Deleted or TinyOutcome.Superseded => Interlocked.Increment(ref _gone),
        _ => 0,
    };

    internal void Count(EscalationResult result) => _ = result.Outcome switch
    {
        EscalationOutcome.Labelled => Interlocked.Increment(ref _labelledByLarge),
        EscalationOutcome.Failed => Interlocked.Increment(ref _failed),
        EscalationOutcome.Deleted or EscalationOutcome.Superseded => Interlocked.Increment(ref _gone),
        EscalationOutcome.Wasted => Interlocked.Increment(ref _wastedInferences),
        EscalationOutcome.Retry => Interlocked.Increment(ref _retries),
        _ => 0,
    };

    internal void CountGivenUp() => Interlocked.Increment(ref _failed);

    internal void CountRetry() => Interlocked.Increment(ref _retries);
}
