using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>A cascade that no other of a search beats in both compute and accuracy, on the calibration images. An estimate: nothing is promised of it.</summary>
/// <param name="Savers">The names of the savers in order; empty for the large model alone.</param>
/// <param name="Pooled">Whether its models are pooled.</param>
/// <param name="DeltaC">ΔC.</param>
/// <param name="Height">Accuracy of the cascade; unless all labels are known its agreement with the large model.</param>
public sealed record FrontPoint(IReadOnlyList<string> Savers, bool Pooled, double DeltaC, double Height);

/// <summary>The Pareto front of a search: from what saves most to what is most accurate.</summary>
internal static class CascadeFront
{
    private const int StepsPerSaver = 50;

    /// <summary>The front of the candidates, of the chain that was chosen where one was, and of the large model alone.</summary>
    public static IReadOnlyList<FrontPoint> Of(SearchInput input, IReadOnlyList<CandidateResult> candidates, CandidateCascade? chosen)
    {
        double? accuracyLarge = CascadeSearch.AccuracyLarge(input);
        IEnumerable<FrontPoint> points = candidates.SelectMany(c => c.Curve.Select(
            p => new FrontPoint([c.Saver], c.LargeWeights is not null, p.DeltaC, p.AccuracyCascade ?? p.Agreement)));
        if (chosen is { Savers: [var first, var second] })
            points = points.Concat(OfChain(first.Candidate, second.Candidate, chosen.Escalated, input.Samples, accuracyLarge));

        var front = new List<FrontPoint>();
        double highest = double.NegativeInfinity;
        foreach (FrontPoint point in points.Append(new FrontPoint([], false, 0, accuracyLarge ?? 1)).OrderBy(p => p.DeltaC).ThenByDescending(p => p.Height))
        {
            if (point.Height <= highest)
                continue;

            highest = point.Height;
            front.Add(point);
        }

        return front;
    }

    private static IEnumerable<FrontPoint> OfChain(Candidate first, Candidate second, EscalatedAnswers? escalated, int samples, double? accuracyLarge)
    {
        IReadOnlyList<double> firstGrid = ThresholdGrid.Quantiles(first.Curve(), StepsPerSaver);
        IReadOnlyList<double> secondGrid = ThresholdGrid.Quantiles(second.Curve(), StepsPerSaver);
        var table = new ChainTable(first, second, escalated, firstGrid, secondGrid, [.. Enumerable.Range(0, samples)]);
        for (int i = 0; i < firstGrid.Count; i++)
        {
            for (int j = 0; j < secondGrid.Count; j++)
            {
                Differences found = table.At(i, j).Differences;
                double height = accuracyLarge is { } large ? large - (found.NetLosses / (double)samples) : 1 - (found.Disagreements / (double)samples);
                yield return new FrontPoint([first.Saver.Name, second.Saver.Name], escalated is not null || second.Weights is not null, table.DeltaC(i, j), height);
            }
        }
    }
}
