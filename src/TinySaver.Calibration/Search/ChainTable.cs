using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>Counts of every cascade that two savers in a row make over two grids of thresholds, in one pass over the images.</summary>
internal sealed class ChainTable
{
    private readonly int _columns;
    private readonly (double First, double Second) _costs;

    // Cell (k1 + 1, k2 + 1) holds the cascade whose thresholds are the k1-th and k2-th; index −1 is a saver that lets nothing exit.
    private readonly Counts[] _cells;

    /// <summary>Counts two savers, and the answers to what they escalate, on some of the images.</summary>
    public ChainTable(
        Candidate first, Candidate second, EscalatedAnswers? escalated, IReadOnlyList<double> firstGrid, IReadOnlyList<double> secondGrid, IReadOnlyList<int> rows)
    {
        Samples = rows.Count;
        _costs = (first.CostRatio, second.CostRatio);
        _columns = secondGrid.Count + 1;
        var atFirst = new Counts[firstGrid.Count];
        var atSecond = new Counts[(firstGrid.Count + 1) * secondGrid.Count];
        ReadOnlySpan<float> firstConfidences = first.Column.Values.Span;
        ReadOnlySpan<float> secondConfidences = second.Column.Values.Span;
        Counts nothingExits = default;
        foreach (int row in rows)
        {
            // An image that exits takes back the answer that it would get if it were escalated.
            Differences ifEscalated = escalated?.Outcomes[row].Differences() ?? default;
            nothingExits.Differences += ifEscalated;

            // The image exits at a grid's thresholds from this index on.
            int i = FirstExit(firstConfidences[row], firstGrid);
            int j = FirstExit(secondConfidences[row], secondGrid);
            if (i < firstGrid.Count)
                atFirst[i].Exit(first.Outcomes[row].Differences() - ifEscalated);
            if (j < secondGrid.Count)
                atSecond[(i * secondGrid.Count) + j].Exit(second.Outcomes[row].Differences() - ifEscalated);
        }

        _cells = Accumulate(nothingExits, atFirst, atSecond, secondGrid.Count);
    }

    public int Samples { get; }

    /// <summary>The counts of the cascade with the given threshold indexes; −1 for a saver that is not there.</summary>
    public Counts At(int first, int second) => _cells[((first + 1) * _columns) + second + 1];

    /// <summary>ΔC of that cascade.</summary>
    public double DeltaC(int first, int second)
    {
        Counts counts = At(first, second);
        return _costs.First + (((_costs.Second * (Samples - counts.ExitedAtFirst)) - counts.Exited) / Samples);
    }

    private Counts[] Accumulate(Counts nothingExits, Counts[] atFirst, Counts[] atSecond, int seconds)
    {
        var cells = new Counts[(atFirst.Length + 1) * _columns];

        // Images that have not exited at the first saver, by where they would exit at the second.
        var left = new Counts[seconds];
        for (int cell = 0; cell < atSecond.Length; cell++)
            left[cell % seconds].Add(atSecond[cell], 1);

        Counts exitedAtFirst = nothingExits;
        for (int i = -1; i < atFirst.Length; i++)
        {
            if (i >= 0)
            {
                exitedAtFirst.Add(atFirst[i], 1);
                for (int j = 0; j < seconds; j++)
                    left[j].Add(atSecond[(i * seconds) + j], -1);
            }

            Counts sum = exitedAtFirst;
            sum.ExitedAtFirst = exitedAtFirst.Exited;
            cells[(i + 1) * _columns] = sum;
            for (int j = 0; j < seconds; j++)
            {
                sum.Add(left[j], 1);
                cells[((i + 1) * _columns) + j + 1] = sum;
            }
        }

        return cells;
    }

    private static int FirstExit(float confidence, IReadOnlyList<double> grid)
    {
        int low = 0;
        int high = grid.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ExitDecision.Exits(confidence, grid[middle]))
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>Exits and differences of one cascade.</summary>
    internal struct Counts
    {
        public int ExitedAtFirst;
        public int Exited;
        public Differences Differences;

        public void Exit(Differences differences)
        {
            Exited++;
            Differences += differences;
        }

        public void Add(Counts other, int sign)
        {
            Exited += sign * other.Exited;
            Differences = sign > 0 ? Differences + other.Differences : Differences - other.Differences;
        }
    }
}
