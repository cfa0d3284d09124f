using System.Globalization;
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
    // A column holds 64 KB, and a restart is some 600 bytes.
    private const int MostRestarts = 50;

    /// <summary>How often it was begun anew, the latest last.</summary>
    public IReadOnlyList<WatchRestart> Restarts { get; init; } = [];

    /// <summary>What there is to say of it.</summary>
    public GuaranteeReport Report => new GuaranteeWatch(State.Plan, State).Report();

    /// <summary>The same in a sentence or two, for people.</summary>
    public string Sentence => Report.Sentence + (Restarts is [.., { } last] ? string.Create(CultureInfo.InvariantCulture, $" Begun anew at {last.At.UtcDateTime:yyyy-MM-dd HH:mm'Z'} by {last.By}.") : "");

    /// <summary>The watch from its beginning: of the audits only those count that come after now.</summary>
    /// <remarks>It is a test of its own, with an α of its own. Nothing that was seen may choose which audits it counts.</remarks>
    public StoredWatch Restarted(DateTimeOffset now, string by)
    {
        GuaranteeReport report = Report;
        DateTimeOffset from = new(((now.UtcTicks / TimeSpan.TicksPerSecond) + 1) * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return this with
        {
            ReadTo = from,
            State = new GuaranteeWatch(State.Plan).State,
            Restarts = [.. Restarts.Append(new(from, by, report.State, report.Since, report.Sentence)).TakeLast(MostRestarts)],
        };
    }
}

/// <summary>A new beginning of a watch.</summary>
/// <param name="At">From when on audits count.</param>
/// <param name="By">Who began it.</param>
/// <param name="State">How the guarantee stood.</param>
/// <param name="Since">Since when; null where it was unknown.</param>
/// <param name="Message">The figures in a sentence or two.</param>
public sealed record WatchRestart(DateTimeOffset At, string By, GuaranteeState State, DateTimeOffset? Since, string Message);
