using TinySaver.Core.Audits;

namespace TinySaver.Calibration.Watch;

/// <summary>Watches the audits of one policy: differences from the large model, the exit rate, and the mix of classes.</summary>
/// <remarks>Not to be shared between threads. Its state is a few numbers, however many audits there were.</remarks>
public sealed class GuaranteeWatch
{
    // A rate this many times the odds of the allowed one is what the beginning of a change is estimated for.
    private const double ChangeOddsRatio = 3;

    private readonly WatchPlan _plan;
    private readonly RateBet? _differences;
    private readonly RateBet? _fewExits;
    private readonly RateBet? _manyExits;
    private readonly (RateBet Rare, RateBet Frequent)[] _classes;
    private readonly HashSet<int> _listed;
    private WatchCounts _counts;

    /// <summary>A watch, from its beginning or going on with its state.</summary>
    /// <param name="plan">What is watched.</param>
    /// <param name="state">Where it stands; null, or of another plan, to begin anew.</param>
    public GuaranteeWatch(WatchPlan plan, WatchState? state = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _listed = [.. plan.Classes.Select(c => c.ClassIndex)];
        WatchState? known = state?.Plan.Equals(plan) == true ? state : null;
        _counts = known?.Counts ?? new WatchCounts();
        var wealth = new Queue<IReadOnlyList<double>>(known?.Wealth ?? []);
        _differences = Bet(plan.Allowed);
        _fewExits = Bet(1 - plan.ExitLow);
        _manyExits = Bet(plan.ExitHigh);
        _classes = [.. plan.Classes.Select(c => (Bet(1 - c.Low)!, Bet(c.High)!))];

        RateBet? Bet(double? most) => most is { } share ? new RateBet(share, wealth.TryDequeue(out IReadOnlyList<double>? won) ? won : null) : null;
    }

    /// <summary>Where the watch stands, for going on later.</summary>
    public WatchState State => new(_plan, _counts, [.. Bets().Select(b => b.Wealth)]);

    /// <summary>Takes one audit, each image version once, in an order that does not depend on the outcome.</summary>
    public void Add(AuditRow audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        long n = _counts.Audits + 1;
        _differences?.Add(n, audit.Differs);
        _fewExits?.Add(n, !audit.Exits);
        _manyExits?.Add(n, audit.Exits);
        int cell = _listed.Contains(audit.LargeClassIndex) ? audit.LargeClassIndex : ClassShare.Others;
        for (int i = 0; i < _classes.Length; i++)
        {
            bool happened = _plan.Classes[i].ClassIndex == cell;
            _classes[i].Rare.Add(n, !happened);
            _classes[i].Frequent.Add(n, happened);
        }

        _counts = _counts with
        {
            Audits = n,
            Differences = _counts.Differences + (audit.Differs ? 1 : 0),
            Exits = _counts.Exits + (audit.Exits ? 1 : 0),
            FirstAt = _counts.FirstAt ?? audit.At,
            LastAt = audit.At,
        };
        if (_plan.Allowed is { } allowed)
            _counts = FollowChange(_counts, allowed, audit);

        _counts = _counts with
        {
            BrokenSince = _counts.BrokenSince ?? (Evidence >= _plan.AlarmAt ? audit.At : null),
            ExitsDriftSince = _counts.ExitsDriftSince ?? (ExitEvidence >= WatchPlan.DriftAlarmAt ? audit.At : null),
            ClassesDriftSince = _counts.ClassesDriftSince ?? (ClassEvidence.Evidence >= WatchPlan.DriftAlarmAt ? audit.At : null),
        };
    }

    /// <summary>What there is to say.</summary>
    public GuaranteeReport Report()
    {
        (double low, double high) = RateInterval.AtAnyTime(_counts.Differences, _counts.Audits, WatchPlan.Alpha);
        (GuaranteeState state, DateTimeOffset? since) = Standing();
        (double classEvidence, int? classIndex) = ClassEvidence;
        return new(state, since, _plan, _counts, low, high, Evidence, ExitEvidence, classEvidence, classIndex);
    }

    private double Evidence => _differences?.Evidence(_counts.Audits) ?? 0;

    private double ExitEvidence => _fewExits is null ? 0 : (_fewExits.Evidence(_counts.Audits) + _manyExits!.Evidence(_counts.Audits)) / 2;

    // The mean of what all have won, and the class of which most was.
    private (double Evidence, int? ClassIndex) ClassEvidence
    {
        get
        {
            double sum = 0, most = 0;
            int? index = null;
            for (int i = 0; i < _classes.Length; i++)
            {
                double won = _classes[i].Rare.Evidence(_counts.Audits) + _classes[i].Frequent.Evidence(_counts.Audits);
                sum += won;
                if (won > most)
                    (most, index) = (won, _plan.Classes[i].ClassIndex);
            }

            return _classes.Length == 0 ? (0, null) : (sum / (2 * _classes.Length), index);
        }
    }

    private (GuaranteeState State, DateTimeOffset? Since) Standing() =>
        _counts.BrokenSince is { } broken ? (GuaranteeState.Broken, broken)
        : _plan.Allowed is null || _counts.Audits == 0 ? (GuaranteeState.Unknown, null)
        : Earlier(_counts.ExitsDriftSince, _counts.ClassesDriftSince) is { } drift ? (GuaranteeState.AtRisk, drift)
        : Evidence >= Math.Sqrt(_plan.AlarmAt) ? (GuaranteeState.AtRisk, _counts.ChangeAt)
        : (GuaranteeState.Holds, _counts.FirstAt);

    // The likeliest beginning of a change is where the bets that begin there have won most (Page's cumulative sum).
    private static WatchCounts FollowChange(WatchCounts counts, double allowed, AuditRow audit)
    {
        double p = ChangeOddsRatio * allowed / (1 - allowed + (ChangeOddsRatio * allowed));
        bool begins = counts.ChangeScore <= 0;
        double score = Math.Max(0, counts.ChangeScore) + Math.Log(audit.Differs ? p / allowed : (1 - p) / (1 - allowed));
        return counts with
        {
            ChangeScore = score,
            ChangeAt = begins ? audit.At : counts.ChangeAt,
            ChangeAudits = (begins ? 0 : counts.ChangeAudits) + 1,
            ChangeDifferences = (begins ? 0 : counts.ChangeDifferences) + (audit.Differs ? 1 : 0),
        };
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    private IEnumerable<RateBet> Bets() =>
        ((RateBet?[])[_differences, _fewExits, _manyExits, .. _classes.SelectMany(c => (RateBet[])[c.Rare, c.Frequent])]).OfType<RateBet>();
}
