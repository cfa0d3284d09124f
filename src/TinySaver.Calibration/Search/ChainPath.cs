using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>
/// Two savers in a row before the large model: pairs of thresholds on a line from "nothing exits" through the pair that promises most, and beyond.
/// </summary>
/// <remarks>
/// Read off the images that select, the line is one fixed sequence of whole cascades for the images that certify, so the chain has the same
/// guarantee as a pair. It is the idea of Pareto testing (Laufer-Goldshtein et al. 2023, "Efficiently Controlling Multiple Risks with Pareto
/// Testing", arXiv 2210.07913); a line instead of the estimated front, because the front's noise ended the sequence early in simulations.
/// </remarks>
internal sealed class ChainPath : ICascadePath
{
    /// <summary>A chain must lower ΔC by at least a point to be worth deploying, maintaining and keeping in memory a further model.</summary>
    internal const double LeastGain = 0.01;

    // The line is as fine as a pair's steps: a coarser one jumps over what certifies. For where it leads every fourth will do.
    private const int StepsPerSaver = CertifiedSearch.Steps;
    private const int Stride = 4;

    private readonly Candidate _first;
    private readonly Candidate _second;
    private readonly EscalatedAnswers? _escalated;
    private readonly bool _pools;
    private readonly IReadOnlyList<double> _firstGrid;
    private readonly IReadOnlyList<double> _secondGrid;
    private readonly List<(int First, int Second)> _path;
    private readonly double _projectedDeltaC;

    private ChainPath(Candidate first, Candidate second, EscalatedAnswers? escalated, IReadOnlyList<int> selection, RiskTest test)
    {
        (_first, _second, _escalated) = (first, second, escalated);
        _pools = escalated is not null || second.Weights is not null;
        _firstGrid = ThresholdGrid.Quantiles(first.Curve(selection), StepsPerSaver);
        _secondGrid = ThresholdGrid.Quantiles(second.Curve(selection), StepsPerSaver);
        var table = new ChainTable(first, second, escalated, _firstGrid, _secondGrid, selection);
        (_path, _projectedDeltaC) = Line(table, test);
    }

    /// <summary>The chain that the images that select expect most of, with and without pooling; null where none beats the pair by <see cref="LeastGain"/>.</summary>
    public static ChainPath? Best(PairPath pair, IReadOnlyList<Candidate> eligible, CandidatePools? pools, IReadOnlyList<int> selection, RiskTest test)
    {
        if (pair.ProjectedThreshold is null)
            return null;

        ChainPath? best = null;
        double bestDeltaC = Math.Min(0, pair.Rank) - LeastGain;
        foreach (Candidate other in eligible)
        {
            if (other.Saver == pair.Candidate.Saver)
                continue;

            Try(pair.Candidate, other);
            Try(other, pair.Candidate);
        }

        return best;

        void Try(Candidate first, Candidate second)
        {
            Consider(new ChainPath(first, second, null, selection, test));
            if (pools is not null)
                Consider(new ChainPath(first, pools.Second(first, second), pools.Escalated(first, second), selection, test));
        }

        void Consider(ChainPath path)
        {
            if (path._projectedDeltaC < bestDeltaC)
                (best, bestDeltaC) = (path, path._projectedDeltaC);
        }
    }

    public CandidateCascade Cascade(int i)
    {
        // A saver that lets nothing exit is left out: it would only cost. None is where they pool, for then each has a say in later answers.
        (int first, int second) = _path[i];
        var savers = new List<CandidateSetting>(2);
        if (first >= 0)
            savers.Add(new CandidateSetting(_first, _firstGrid[first]));
        if (second >= 0)
            savers.Add(new CandidateSetting(_second, _secondGrid[second]));

        return new(savers, _escalated);
    }

    public Differences[] Count(IReadOnlyList<int> rows)
    {
        var table = new ChainTable(_first, _second, _escalated, _firstGrid, _secondGrid, rows);
        return [.. _path.Select(step => table.At(step.First, step.Second).Differences)];
    }

    // The cascade with the lowest ΔC among those that seem to keep the promise sets the direction; the path runs through it and beyond.
    private (List<(int First, int Second)> Path, double DeltaC) Line(ChainTable table, RiskTest test)
    {
        (int First, int Second) target = (-1, -1);
        double lowest = double.PositiveInfinity;
        for (int i = Stride - 1; i < _firstGrid.Count; i += Stride)
        {
            for (int j = Stride - 1; j < _secondGrid.Count; j += Stride)
            {
                ChainTable.Counts counts = table.At(i, j);
                double deltaC = table.DeltaC(i, j);
                if (deltaC < lowest && Projection.Certifies(test, counts.Differences, table.Samples))
                    (target, lowest) = ((i, j), deltaC);
            }
        }

        var path = new List<(int First, int Second)>();
        if (target.First < 0)
            return (path, lowest);

        int longest = Math.Max(target.First, target.Second) + 1;
        for (int step = 1; ; step++)
        {
            int i = Along(target.First, _firstGrid.Count);
            int j = Along(target.Second, _secondGrid.Count);
            if (path.Count > 0 && path[^1] == (i, j))
                return ([.. path.Skip(Projection.Start(test, [.. path.Select(p => table.At(p.First, p.Second).Differences)], table.Samples))], lowest);

            path.Add((i, j));

            // Index −1 lets nothing exit; each saver's index rises by its share of the target's.
            int Along(int end, int count) => Math.Clamp((int)Math.Round((end + 1.0) * step / longest) - 1, _pools ? 0 : -1, count - 1);
        }
    }
}
