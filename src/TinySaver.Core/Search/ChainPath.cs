using TinySaver.Core.Calibration;

namespace TinySaver.Core.Search;

/// <summary>
/// Two savers in a row before the large model: the pairs of thresholds on the estimated front of risk against ΔC, safest first.
/// </summary>
/// <remarks>
/// Read off the images that select, the front is one fixed sequence of whole cascades for the images that certify, so the chain has the same
/// guarantee as a pair (Laufer-Goldshtein et al. 2023, "Efficiently Controlling Multiple Risks with Pareto Testing", arXiv 2210.07913).
/// </remarks>
internal sealed class ChainPath : ICascadePath
{
    /// <summary>A chain must lower ΔC by at least a point to be worth deploying, maintaining and keeping in memory a further model.</summary>
    internal const double LeastGain = 0.01;

    private const int StepsPerSaver = 50;

    private readonly Candidate _first;
    private readonly Candidate _second;
    private readonly IReadOnlyList<double> _firstGrid;
    private readonly IReadOnlyList<double> _secondGrid;
    private readonly List<(int First, int Second)> _front;
    private readonly double _projectedDeltaC;

    private ChainPath(Candidate first, Candidate second, IReadOnlyList<int> selection, RiskTest test)
    {
        (_first, _second) = (first, second);
        _firstGrid = ThresholdGrid.Quantiles(first.Curve(selection), StepsPerSaver);
        _secondGrid = ThresholdGrid.Quantiles(second.Curve(selection), StepsPerSaver);
        var table = new ChainTable(first, second, _firstGrid, _secondGrid, selection);
        _front = Front(table, test.Limit.Risk);
        _projectedDeltaC = double.PositiveInfinity;
        foreach ((int i, int j) in _front)
        {
            ChainTable.Counts counts = table.At(i, j);
            if (Projection.Certifies(test, table.Samples, counts.Losses, counts.Gains, counts.Disagreements))
                _projectedDeltaC = DeltaC(counts, i, j, table.Samples);
        }
    }

    public int Count => _front.Count;

    /// <summary>The chain that the images that select expect most of; null where none beats the pair by <see cref="LeastGain"/>.</summary>
    public static ChainPath? Best(PairPath pair, List<Candidate> eligible, IReadOnlyList<int> selection, RiskTest test)
    {
        if (pair.ProjectedThreshold is null)
            return null;

        ChainPath? best = null;
        double bestDeltaC = Math.Min(0, pair.Rank) - LeastGain;
        foreach (Candidate other in eligible)
        {
            if (other.Saver == pair.Candidate.Saver)
                continue;

            Consider(new ChainPath(pair.Candidate, other, selection, test));
            Consider(new ChainPath(other, pair.Candidate, selection, test));
        }

        return best;

        void Consider(ChainPath path)
        {
            if (path._projectedDeltaC < bestDeltaC)
                (best, bestDeltaC) = (path, path._projectedDeltaC);
        }
    }

    public IReadOnlyList<StageSetting> Stages(int i)
    {
        // A saver that lets nothing exit is left out: it would only cost.
        (int first, int second) = _front[i];
        var stages = new List<StageSetting>(2);
        if (first >= 0)
            stages.Add(new StageSetting(_first, _firstGrid[first]));
        if (second >= 0)
            stages.Add(new StageSetting(_second, _secondGrid[second]));

        return stages;
    }

    public void CountOutcomes(IReadOnlyList<int> rows, Span<(int Losses, int Gains, int Disagreements)> counts)
    {
        var table = new ChainTable(_first, _second, _firstGrid, _secondGrid, rows);
        for (int i = 0; i < Count; i++)
        {
            ChainTable.Counts cell = table.At(_front[i].First, _front[i].Second);
            counts[i] = (cell.Losses, cell.Gains, cell.Disagreements);
        }
    }

    // Every cascade that saves, by rising risk; kept where it saves more than all safer ones.
    private List<(int First, int Second)> Front(ChainTable table, RiskKind risk)
    {
        var all = new List<(int Risk, double DeltaC, int First, int Second)>();
        for (int i = -1; i < _firstGrid.Count; i++)
        {
            for (int j = -1; j < _secondGrid.Count; j++)
            {
                ChainTable.Counts counts = table.At(i, j);
                double deltaC = DeltaC(counts, i, j, table.Samples);
                if (deltaC < 0)
                    all.Add((risk == RiskKind.AccuracyDrop ? counts.Losses - counts.Gains : counts.Disagreements, deltaC, i, j));
            }
        }

        all.Sort();
        var front = new List<(int First, int Second)>();
        double lowest = double.PositiveInfinity;
        foreach ((_, double deltaC, int i, int j) in all)
        {
            if (deltaC < lowest)
            {
                front.Add((i, j));
                lowest = deltaC;
            }
        }

        return front;
    }

    private double DeltaC(ChainTable.Counts counts, int first, int second, int samples)
    {
        double cost = (first >= 0 ? _first.CostRatio * samples : 0) + (second >= 0 ? _second.CostRatio * (samples - counts.ExitedAtFirst) : 0);
        return (cost - counts.Exited) / samples;
    }
}
