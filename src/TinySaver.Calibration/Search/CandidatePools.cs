using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>Pools the models of a search, with weights fitted on images that do not certify; each pool is made once.</summary>
/// <param name="input">The search's input.</param>
/// <param name="rows">The images to fit on.</param>
internal sealed class CandidatePools(SearchInput input, IReadOnlyList<int> rows)
{
    private readonly Dictionary<(EvidenceTable First, EvidenceTable? Second), EscalatedAnswers?> _escalated = [];
    private readonly Dictionary<(EvidenceTable First, EvidenceTable Second), PooledAnswers?> _seconds = [];

    /// <summary>Whether there is anything to pool by: all labels, to fit weights to, and what the models say of the images.</summary>
    public static bool CanPool(SearchInput input) =>
        input.Labelling == Labelling.All && input.Large.Evidence is not null && input.Savers.Any(s => s.Confidences.Any(c => c.Evidence is not null));

    /// <summary>The candidate with pooled answers to the images that it escalates; null where pooling does not make them better.</summary>
    public Candidate? Of(Candidate candidate) => candidate.Column.Evidence is { } evidence && Escalated(evidence, null) is { } escalated
        ? new(candidate.Saver, candidate.Column, candidate.CostRatio, candidate.Outcomes) { Escalated = escalated }
        : null;

    /// <summary>The second saver of a chain, its answers pooled with the first's; the second alone where that does not make them better.</summary>
    public Candidate Second(Candidate first, Candidate second)
    {
        if (first.Column.Evidence is not { } one || second.Column.Evidence is not { } two)
            return second;

        if (!_seconds.TryGetValue((one, two), out PooledAnswers? pooled))
            _seconds.Add((one, two), pooled = Pool([one, two], second.Saver.Classes.Span));

        return pooled is null ? second : new(
            second.Saver, second.Column with { Values = pooled.By(second.Column.Measure) }, second.CostRatio, Compare(pooled))
        {
            Classes = pooled.Classes,
            Weights = pooled.Weights,
        };
    }

    /// <summary>The answers to the images that a chain escalates, pooled with both savers'; null where that does not make them better.</summary>
    public EscalatedAnswers? Escalated(Candidate first, Candidate second) =>
        first.Column.Evidence is { } one && second.Column.Evidence is { } two ? Escalated(one, two) : null;

    private EscalatedAnswers? Escalated(EvidenceTable first, EvidenceTable? second)
    {
        if (input.Large.Evidence is not { } large)
            return null;

        if (!_escalated.TryGetValue((first, second), out EscalatedAnswers? escalated))
        {
            PooledAnswers? pooled = Pool(second is null ? [first, large] : [first, second, large], input.Large.Classes.Span);
            _escalated.Add((first, second), escalated = pooled is null ? null : new(pooled, Compare(pooled)));
        }

        return escalated;
    }

    private PooledAnswers? Pool(IReadOnlyList<EvidenceTable> models, ReadOnlySpan<int> alone) =>
        PoolFit.Fit(models, alone, input.Labels.Span, rows) is { } weights ? PooledAnswers.Of(models, weights) : null;

    private PairedOutcome[] Compare(PooledAnswers pooled) => PairedOutcomes.Compare(input.Labels.Span, pooled.Classes, input.Large.Classes.Span);
}
