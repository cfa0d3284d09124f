using TinySaver.Calibration.Watch;

namespace TinySaver.Pipeline.Audits;

/// <summary>Where it is kept how the guarantee of each policy stands: one row a policy beside the audits, or memory in tests.</summary>
public interface IWatchStore
{
    /// <summary>How a policy stands; null where nobody has looked yet.</summary>
    Task<StoredWatch?> GetAsync(string policy, CancellationToken cancellationToken);

    /// <summary>How all policies stand.</summary>
    IAsyncEnumerable<StoredWatch> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes how a policy stands, if it still is what was read: by its <see cref="StoredWatch.Tag"/>, which is null for the first.</summary>
    /// <returns>False, and nothing is written, where somebody else has.</returns>
    Task<bool> TryWriteAsync(StoredWatch watch, CancellationToken cancellationToken);
}

/// <summary>How the guarantee of a policy stands.</summary>
/// <param name="Policy">The policy's id.</param>
/// <param name="LookedAt">When somebody looked last and there was something new.</param>
/// <param name="ReadTo">Up to when audits were counted, excluded.</param>
/// <param name="State">Where the watch stands.</param>
/// <param name="Tag">Changes with every write; null of what was never written.</param>
public sealed record StoredWatch(string Policy, DateTimeOffset LookedAt, DateTimeOffset ReadTo, WatchState State, string? Tag)
{
    /// <summary>What there is to say of it.</summary>
    public GuaranteeReport Report => new GuaranteeWatch(State.Plan, State).Report();
}
