using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>A sequence of cascades to certify in order, from the safest to the one that saves most, fixed by the images that select.</summary>
internal interface ICascadePath
{
    /// <summary>The i-th cascade.</summary>
    CandidateCascade Cascade(int i);

    /// <summary>How every cascade differs from the large model on some of the images.</summary>
    Differences[] Count(IReadOnlyList<int> rows);
}

/// <summary>One saver before the large model: the thresholds to certify, and how far the images that select expect to get.</summary>
internal sealed class PairPath : ICascadePath
{
    // With fewer images than five a step, quantiles are too coarse; a grid that depends on no data is then finer.
    private const int LeastForQuantiles = 5 * CertifiedSearch.Steps;

    private readonly IReadOnlyList<double> _thresholds;

    private PairPath(Candidate candidate, IReadOnlyList<double> thresholds, double? projected, double rank) =>
        (Candidate, _thresholds, ProjectedThreshold, Rank) = (candidate, thresholds, projected, rank);

    /// <summary>A path over thresholds that depend on no data.</summary>
    public PairPath(Candidate candidate)
        : this(candidate, ThresholdGrid.LogitSpaced, null, 0)
    {
    }

    public Candidate Candidate { get; }

    /// <summary>The threshold that would be certified if the other images were exactly like those that select; null where none would.</summary>
    public double? ProjectedThreshold { get; }

    /// <summary>Lower is better: the projected ΔC, or, above every ΔC, how far from certification the best saving threshold is.</summary>
    public double Rank { get; }

    /// <summary>Reads a path and its projection off the images that select.</summary>
    public static PairPath Select(Candidate candidate, IReadOnlyList<int> selection, RiskTest test)
    {
        SweepCurve curve = candidate.Curve(selection);
        IReadOnlyList<double> thresholds = selection.Count < LeastForQuantiles
            ? ThresholdGrid.LogitSpaced
            : ThresholdGrid.Quantiles(curve, CertifiedSearch.Steps);
        thresholds = [.. thresholds.Skip(Projection.Start(test, [.. thresholds.Select(t => curve.At(t).Differences)], curve.Samples))];
        double? projected = null;
        double rank = double.PositiveInfinity;
        double nearest = double.PositiveInfinity;
        foreach (double threshold in thresholds)
        {
            SweepPoint point = curve.At(threshold);
            double deltaC = candidate.DeltaC(point.Exited, curve.Samples);
            if (Projection.Certifies(test, point.Differences, curve.Samples))
                (projected, rank) = (threshold, deltaC);
            else if (deltaC < 0)
                nearest = Math.Min(nearest, Projection.Score(test, point.Differences, curve.Samples));
        }

        // ΔC is below 1; a score is a number of standard deviations, far above −100.
        return new PairPath(candidate, thresholds, projected, projected is null ? 100 + nearest : rank);
    }

    public CandidateCascade Cascade(int i) => new(new CandidateSetting(Candidate, _thresholds[i]));

    public Differences[] Count(IReadOnlyList<int> rows)
    {
        SweepCurve curve = Candidate.Curve(rows);
        return [.. _thresholds.Select(threshold => curve.At(threshold).Differences)];
    }
}

/// <summary>What counts on the images that select would mean on those that certify. Only ranks; guarantees nothing.</summary>
internal static class Projection
{
    /// <summary>Whether the same shares of losses, gains and disagreements would certify.</summary>
    public static bool Certifies(RiskTest test, Differences found, int samples)
    {
        double scale = (double)test.Samples / samples;

        // Losses round up and gains down: a projection that errs, errs towards a candidate that keeps its promise.
        int losses = Math.Min(test.Samples, (int)Math.Ceiling(found.Losses * scale));
        int gains = Math.Min(test.Samples - losses, (int)(found.Gains * scale));
        return test.Certifies(new Differences(losses, gains, Math.Min(test.Samples, (int)Math.Ceiling(found.Disagreements * scale))));
    }

    /// <summary>Where a sequence of cascades should begin, that ends where most is saved.</summary>
    /// <remarks>
    /// With the safest, where a sample without losses and gains certifies. Where only gains can (few images, or no drop allowed), a cascade that
    /// hardly differs from the large model never will: with the one that looks likeliest to be certified. Where labels are hidden, with the first
    /// that would be if two differences in three were gains.
    /// </remarks>
    public static int Start(RiskTest test, IReadOnlyList<Differences> found, int samples)
    {
        if (test.MostLosses >= 0 || found.Count == 0)
            return 0;

        return found.Any(f => f.Unlabelled > 0)
            ? Math.Max(0, found.ToList().FindIndex(f => Certifies(test, Hoped(f.Disagreements), samples)))
            : found.Index().MinBy(f => Score(test, f.Item, samples)).Index;

        static Differences Hoped(int differences) => new((differences + 2) / 3, differences - ((differences + 2) / 3), differences);
    }

    /// <summary>How many standard deviations the risk lies above ε; lower is nearer to certification.</summary>
    public static double Score(RiskTest test, Differences found, int samples)
    {
        double scale = (double)test.Samples / samples;
        return test.Guarantee.Risk == RiskKind.AccuracyDrop
            ? DropScore.Of(test.Samples, found.Losses * scale, found.Gains * scale, test.Guarantee.Epsilon)
            : DropScore.Of(test.Samples, found.Disagreements * scale, 0, test.Guarantee.Epsilon);
    }
}
