using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>One saver under one confidence column, against the large model.</summary>
internal sealed class Candidate(SaverPredictions saver, ConfidenceColumn column, double costRatio, PairedOutcome[] outcomes)
{
    public SaverPredictions Saver { get; } = saver;

    public ConfidenceColumn Column { get; } = column;

    public double CostRatio { get; } = costRatio;

    public PairedOutcome[] Outcomes { get; } = outcomes;

    /// <summary>All candidates of an input, savers and columns in its order.</summary>
    public static List<Candidate> AllOf(SearchInput input)
    {
        var candidates = new List<Candidate>();
        foreach (SaverPredictions saver in input.Savers)
        {
            PairedOutcome[] outcomes = PairedOutcomes.Compare(input.Labels.Span, saver.Classes.Span, input.Large.Classes.Span);
            foreach (ConfidenceColumn column in saver.Confidences)
                candidates.Add(new Candidate(saver, column, saver.Cost / input.Large.Cost, outcomes));
        }

        return candidates;
    }

    public SweepCurve Curve() => Sweep.Of(Column.Values.Span, Outcomes);

    /// <summary>The curve on some of the images only.</summary>
    public SweepCurve Curve(IReadOnlyList<int> rows) => Sweep.Of(Of<float>(rows, Column.Values.Span), Of<PairedOutcome>(rows, Outcomes));

    public double DeltaC(int exited, int samples) => CostRatio - ((double)exited / samples);

    public SaverSetting At(double threshold) => new(Saver.Name, Column.Measure, Column.Temperature, threshold, CostRatio);

    public ReplaySaver Replay(double threshold) => new(Saver.Classes, Column.Values, threshold, CostRatio);

    private static T[] Of<T>(IReadOnlyList<int> rows, ReadOnlySpan<T> values)
    {
        var part = new T[rows.Count];
        for (int i = 0; i < part.Length; i++)
            part[i] = values[rows[i]];

        return part;
    }
}

/// <summary>A candidate at a threshold: one saver of a cascade that a search considers.</summary>
internal sealed record CandidateSetting(Candidate Candidate, double Threshold);
