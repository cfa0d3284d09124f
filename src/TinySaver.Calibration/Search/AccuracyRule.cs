using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The highest accuracy (without labels: agreement with the large model) at a bounded compute. Guarantees nothing.</summary>
/// <param name="MaxCompute">c, the most compute as a share of the large model's alone, in (0, 1].</param>
public sealed record AccuracyRule(double MaxCompute) : ThresholdRule
{
    // A compute of exactly c must not be missed by a rounding error.
    private const double Rounding = 1e-9;

    private const int StepsPerSaver = 50;

    /// <inheritdoc/>
    public override PolicyRule Policy => new(RuleKind.Accuracy, Compute: MaxCompute);

    /// <inheritdoc/>
    public override int MostSavers => 2;

    private protected override bool Pools => true;

    private protected override string What => FormattableString.Invariant($"{1 - MaxCompute:P1} of compute");

    internal override void Check(SearchOptions options)
    {
        base.Check(options);
        if (MaxCompute is not (> 0 and <= 1))
            throw new TinySaverException($"The compute is {MaxCompute}: it is a share of the large model's, above 0 and at most 1.");
    }

    internal override double Harm(OperatingPoint point) => point.AccuracyDrop ?? (1 - point.Agreement);

    internal override bool IsWorthIt(OperatingPoint point) => IsAllowed(point.DeltaC);

    // Where no threshold is cheap enough, the cheapest.
    internal override double Choose(Candidate candidate, SweepCurve curve, bool labelled)
    {
        SweepPoint best = curve.Points[^1];
        foreach (SweepPoint point in curve.Points)
        {
            if (IsAllowed(candidate.DeltaC(point.Exited, curve.Samples)) && Loss(point.Differences, labelled) <= Loss(best.Differences, labelled))
                best = point;
        }

        return best.Threshold;
    }

    /// <summary>The best pair, with a second saver before or after it where that is more accurate still.</summary>
    internal override CandidateCascade Extend(CandidateSetting best, OperatingPoint point, IReadOnlyList<Candidate> candidates, CandidatePools? pools)
    {
        bool labelled = point.AccuracyDrop is not null;
        int[] rows = [.. Enumerable.Range(0, point.Samples)];
        var chosen = new CandidateCascade(best);
        (int Loss, double DeltaC) lowest = IsWorthIt(point) ? (Loss(point.Differences, labelled), point.DeltaC) : (int.MaxValue, 0);
        foreach (Candidate other in candidates.Where(c => c.CostRatio < 1 && c.Saver != best.Candidate.Saver))
        {
            Try(best.Candidate, other);
            Try(other, best.Candidate);
        }

        return chosen;

        void Try(Candidate first, Candidate second)
        {
            Consider(first, second, null);
            if (pools is not null)
                Consider(first, pools.Second(first, second), pools.Escalated(first, second));
        }

        void Consider(Candidate first, Candidate second, EscalatedAnswers? escalated)
        {
            IReadOnlyList<double> firstGrid = ThresholdGrid.Quantiles(first.Curve(), StepsPerSaver);
            IReadOnlyList<double> secondGrid = ThresholdGrid.Quantiles(second.Curve(), StepsPerSaver);
            var table = new ChainTable(first, second, escalated, firstGrid, secondGrid, rows);
            for (int i = 0; i < firstGrid.Count; i++)
            {
                for (int j = 0; j < secondGrid.Count; j++)
                {
                    (int Loss, double DeltaC) cell = (Loss(table.At(i, j).Differences, labelled), table.DeltaC(i, j));
                    if (cell.CompareTo(lowest) < 0 && IsAllowed(cell.DeltaC))
                        (chosen, lowest) = (new([new(first, firstGrid[i]), new(second, secondGrid[j])], escalated), cell);
                }
            }
        }
    }

    private bool IsAllowed(double deltaC) => 1 + deltaC <= MaxCompute + Rounding;

    private static int Loss(Differences found, bool labelled) => labelled ? found.NetLosses : found.Disagreements;
}
