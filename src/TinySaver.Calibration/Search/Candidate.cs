using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>One saver under one confidence column, against the large model; of a chain's second saver, its answers may be pooled with the first's.</summary>
internal sealed class Candidate(SaverPredictions saver, ConfidenceColumn column, double costRatio, PairedOutcome[] outcomes)
{
    public SaverPredictions Saver { get; } = saver;

    public ConfidenceColumn Column { get; } = column;

    public double CostRatio { get; } = costRatio;

    public PairedOutcome[] Outcomes { get; } = outcomes;

    /// <summary>The class that the saver answers, for every image.</summary>
    public ReadOnlyMemory<int> Classes { get; init; } = saver.Classes;

    /// <summary>The weights by which the answers are pooled with the savers' before it; null where it answers alone.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>The answers to the images that this saver alone escalates; null where the large model answers them alone.</summary>
    public EscalatedAnswers? Escalated { get; init; }

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

    public SweepCurve Curve() => Sweep.Of(Column.Values.Span, Outcomes, Escalated?.Outcomes);

    /// <summary>The curve on some of the images only.</summary>
    public SweepCurve Curve(IReadOnlyList<int> rows) => Sweep.Of(
        Of<float>(rows, Column.Values.Span), Of<PairedOutcome>(rows, Outcomes), Escalated is { } escalated ? Of<PairedOutcome>(rows, escalated.Outcomes) : default);

    public double DeltaC(int exited, int samples) => CostRatio - ((double)exited / samples);

    public SaverSetting At(double threshold) => new(Saver.Name, Column.Measure, Column.Temperature, threshold, CostRatio, Weights);

    public ReplaySaver Replay(double threshold) => new(Classes, Column.Values, threshold, CostRatio);

    private static T[] Of<T>(IReadOnlyList<int> rows, ReadOnlySpan<T> values)
    {
        var part = new T[rows.Count];
        for (int i = 0; i < part.Length; i++)
            part[i] = values[rows[i]];

        return part;
    }
}

/// <summary>The pooled answers to escalated images.</summary>
/// <param name="Answers">The answer that each image gets if it is escalated.</param>
/// <param name="Outcomes">How they compare with the large model alone.</param>
internal sealed record EscalatedAnswers(PooledAnswers Answers, PairedOutcome[] Outcomes);

/// <summary>A candidate at a threshold: one saver of a cascade that a search considers.</summary>
internal sealed record CandidateSetting(Candidate Candidate, double Threshold);

/// <summary>A cascade that a search considers.</summary>
/// <param name="Savers">The savers in order.</param>
/// <param name="Escalated">The answers to the images that they escalate; null where the large model answers alone.</param>
internal sealed record CandidateCascade(IReadOnlyList<CandidateSetting> Savers, EscalatedAnswers? Escalated)
{
    /// <summary>A cascade of one saver.</summary>
    public CandidateCascade(CandidateSetting saver)
        : this([saver], saver.Candidate.Escalated)
    {
    }
}
