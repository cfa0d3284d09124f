using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Watch;

/// <summary>What a policy's audits are held against, made from what the policy says was promised and measured.</summary>
/// <remarks>
/// <para>
/// A policy certified without labels promises that the cascade answers otherwise than the large model for at most a share ε of all images: that is
/// watched as it stands. One certified with labels promises that its accuracy is at most ε below the large model's. No audit without labels can
/// refute that, for every difference might be a gain; but the drop is never more than the share of differences. So two things are watched at once: while
/// that share is at most ε the promise holds whatever the differences are, and while it is no more than it was when the promise was tested, what
/// was tested still stands. Only where it is above both is the ground of the promise gone; whether accuracy is too, labels of the differences tell.
/// </para>
/// <para>What was measured has a sampling error of its own; its limits take half of α, and the alarm is at 2/α then.</para>
/// </remarks>
/// <param name="Allowed">The share of differences that is allowed; null where the policy neither promises nor measured any.</param>
/// <param name="Promised">Whether that is what the policy promises; else what was measured, with its sampling error.</param>
/// <param name="AlarmAt">The evidence at which the alarm is given.</param>
/// <param name="ExitLow">The least exit rate that agrees with the one measured; null where none was.</param>
/// <param name="ExitHigh">The highest likewise.</param>
/// <param name="Classes">The classes whose share is watched.</param>
public sealed record WatchPlan(double? Allowed, bool Promised, double AlarmAt, double? ExitLow, double? ExitHigh, IReadOnlyList<ClassShare> Classes)
{
    /// <summary>α: the probability with which each watch ever gives a false alarm, however long it lasts.</summary>
    public const double Alpha = 0.05;

    /// <summary>The evidence at which a drift of the exit rate or of the classes is told.</summary>
    public const double DriftAlarmAt = 2 / Alpha;

    // A share of 0 or 1 leaves nothing to bet on.
    private const double Least = 1e-6;

    /// <summary>The plan of a policy.</summary>
    public static WatchPlan Of(CascadePolicy policy)
    {
        // Other images than those that chose the thresholds, where there are any.
        PolicyMeasurement? measured = policy.Test ?? policy.Calibration;
        double? promised = policy.Guarantee?.Bound is > 0 and < 1 and double bound ? bound : null;
        double? before = measured?.Disagreement is { } share ? Within(RateInterval.Upper(Count(share, measured), measured.Samples, Alpha / 2)) : null;
        bool byPromise = promised is not null && (policy.Guarantee!.Risk == RiskKind.Disagreement || before is null || promised >= before);
        double? exits = measured?.ExitRate;
        return new(
            byPromise ? promised : before,
            byPromise,
            (byPromise ? 1 : 2) / Alpha,
            exits is null ? null : Within(RateInterval.Lower(Count(exits.Value, measured!), measured!.Samples, Alpha / 4)),
            exits is null ? null : Within(RateInterval.Upper(Count(exits.Value, measured!), measured!.Samples, Alpha / 4)),
            measured?.Classes is { Count: > 0 } counts ? Shares(counts, measured.Samples) : []);
    }

    private static List<ClassShare> Shares(IReadOnlyDictionary<int, int> counts, int samples)
    {
        int rest = samples - counts.Values.Sum();
        int cells = counts.Count + (rest > 0 ? 1 : 0);
        double level = Alpha / (4 * cells);
        List<ClassShare> shares = [.. counts.Select(c => Share(c.Key, c.Value))];
        if (rest > 0)
            shares.Add(Share(ClassShare.Others, rest));

        return shares;

        ClassShare Share(int index, int count) => new(index, Within(RateInterval.Lower(count, samples, level)), Within(RateInterval.Upper(count, samples, level)));
    }

    private static int Count(double share, PolicyMeasurement measured) => (int)Math.Round(share * measured.Samples);

    private static double Within(double share) => Math.Clamp(share, Least, 1 - Least);

    /// <summary>Whether two plans watch the same.</summary>
    public bool Equals(WatchPlan? other) => other is not null
        && (Allowed, Promised, AlarmAt, ExitLow, ExitHigh) == (other.Allowed, other.Promised, other.AlarmAt, other.ExitLow, other.ExitHigh)
        && Classes.SequenceEqual(other.Classes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Allowed, ExitLow, ExitHigh, Classes.Count);
}

/// <summary>The share of a class among the large model's answers, as it was measured.</summary>
/// <param name="ClassIndex">The class; <see cref="Others"/> for all that are not listed.</param>
/// <param name="Low">The least share that agrees with what was measured.</param>
/// <param name="High">The highest.</param>
public sealed record ClassShare(int ClassIndex, double Low, double High)
{
    /// <summary>Stands for all classes that are not listed.</summary>
    public const int Others = -1;
}
