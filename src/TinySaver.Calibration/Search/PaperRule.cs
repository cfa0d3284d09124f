using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>The threshold procedure of TinySaver (arXiv 2403.17726), as its reference implementation does it. Needs labels; guarantees nothing.</summary>
/// <remarks>
/// <para>The threshold t = k / 1000 (the nearest double, compared with the confidence as a double) runs from k = 1000 down to 1. The first
/// t at which the saver's accuracy on the exited images is below the large model's on the same images is the choice: the threshold where
/// it has fallen, not the one before it. Where nothing exits both accuracies count as 0, so nothing has fallen. Where it never falls the
/// choice is the last one scanned, 0.001.</para>
/// <para>Two differences from the reference: exit is confidence ≥ t, not &gt; t (<see cref="ExitDecision"/>), and t is exact where
/// the reference adds up floating-point steps of −0.001.</para>
/// </remarks>
public sealed record PaperRule : ThresholdRule
{
    private const int Steps = 1000;

    /// <inheritdoc/>
    public override PolicyRule Policy => new(RuleKind.Paper);

    /// <inheritdoc/>
    public override bool NeedsLabels => true;

    /// <inheritdoc/>
    public override int MostSavers => 2;

    /// <summary>The threshold that the procedure chooses.</summary>
    /// <returns>A multiple of 0.001 in [0.001, 1].</returns>
    public static double Choose(SweepCurve curve)
    {
        // Both accuracies have the same denominator, so comparing counts is comparing accuracies, without rounding.
        ReadOnlySpan<SweepPoint> points = curve.Points;
        int exiting = 0;
        for (int k = Steps; k >= 1; k--)
        {
            double threshold = k / (double)Steps;
            while (exiting < points.Length && ExitDecision.Exits(points[exiting].Threshold, threshold))
                exiting++;

            if (exiting > 0 && points[exiting - 1].NetLosses > 0)
                return threshold;
        }

        return 1 / (double)Steps;
    }

    internal override double Choose(Candidate candidate, SweepCurve curve, bool labelled) => Choose(curve);

    /// <summary>The best pair, with a second saver before or after it where that lowers ΔC further.</summary>
    /// <remarks>
    /// After: the second saver's threshold is chosen on the images that the first escalates. Before: the second keeps its own threshold on
    /// all images, and the first's is chosen anew on what is left.
    /// </remarks>
    internal override CandidateCascade Extend(CandidateSetting best, OperatingPoint point, IReadOnlyList<Candidate> candidates, CandidatePools? pools)
    {
        IReadOnlyList<CandidateSetting> chosen = [best];
        double lowest = point.DeltaC - ChainPath.LeastGain;
        foreach (Candidate other in candidates)
        {
            if (other.CostRatio >= 1 || other.Saver == best.Candidate.Saver)
                continue;

            Consider(best, other);
            Consider(new CandidateSetting(other, Choose(other.Curve())), best.Candidate);
        }

        return new(chosen, null);

        void Consider(CandidateSetting first, Candidate second)
        {
            int samples = first.Candidate.Outcomes.Length;
            List<int> left = Escalated(first);
            if (left.Count == 0)
                return;

            SweepCurve curve = second.Curve(left);
            double threshold = Choose(curve);
            double exits = samples - left.Count + curve.At(threshold).Exited;
            double chain = first.Candidate.CostRatio + (((left.Count * second.CostRatio) - exits) / samples);
            if (chain < lowest)
                (chosen, lowest) = ([first, new CandidateSetting(second, threshold)], chain);
        }
    }

    private static List<int> Escalated(CandidateSetting first)
    {
        ReadOnlySpan<float> confidences = first.Candidate.Column.Values.Span;
        var rows = new List<int>();
        for (int i = 0; i < confidences.Length; i++)
        {
            if (!ExitDecision.Exits(confidences[i], first.Threshold))
                rows.Add(i);
        }

        return rows;
    }
}
