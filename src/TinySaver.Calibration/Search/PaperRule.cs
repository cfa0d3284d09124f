using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>The procedure of arXiv 2403.17726 (<see cref="Sweeps.PaperThreshold"/>). Needs labels; promises nothing.</summary>
public sealed record PaperRule : SearchRule
{
    /// <inheritdoc/>
    public override string Name => "paper";

    internal override void Check()
    {
    }
}

/// <summary>Adds a second saver to the paper rule's best pair, greedily.</summary>
internal static class PaperChain
{
    /// <summary>The best pair, with a second saver before or after it where that lowers ΔC further.</summary>
    /// <remarks>
    /// After: the second saver's threshold is chosen on the images that the first escalates. Before: the second keeps its own threshold on
    /// all images, and the first's is chosen anew on what is left.
    /// </remarks>
    public static IReadOnlyList<CandidateSetting> Extend(CandidateSetting pair, double pairDeltaC, List<Candidate> candidates)
    {
        IReadOnlyList<CandidateSetting> best = [pair];
        double bestDeltaC = pairDeltaC - ChainPath.LeastGain;
        foreach (Candidate other in candidates)
        {
            if (other.CostRatio >= 1 || other.Saver == pair.Candidate.Saver)
                continue;

            Consider(pair, other);
            Consider(new CandidateSetting(other, PaperThreshold.Choose(other.Curve())), pair.Candidate);
        }

        return best;

        void Consider(CandidateSetting first, Candidate second)
        {
            int samples = first.Candidate.Outcomes.Length;
            List<int> left = Escalated(first);
            if (left.Count == 0)
                return;

            SweepCurve curve = second.Curve(left);
            double threshold = PaperThreshold.Choose(curve);
            double exits = samples - left.Count + curve.At(threshold).Exited;
            double deltaC = first.Candidate.CostRatio + (((left.Count * second.CostRatio) - exits) / samples);
            if (deltaC < bestDeltaC)
                (best, bestDeltaC) = ([first, new CandidateSetting(second, threshold)], deltaC);
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
