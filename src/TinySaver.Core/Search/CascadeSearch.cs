using TinySaver.Core.Evaluation;
using TinySaver.Core.Failures;

namespace TinySaver.Core.Search;

/// <summary>Finds the saver, confidence measure and exit threshold that save most compute under a rule.</summary>
public static class CascadeSearch
{
    /// <summary>Searches every saver × measure × temperature; the lowest ΔC wins.</summary>
    /// <param name="input">Predictions of all models on the calibration images.</param>
    /// <param name="rule">How thresholds are chosen.</param>
    /// <param name="options">Chain length and size of the result; null for the defaults.</param>
    /// <returns>The cascade, or why there is none, and every candidate's best point.</returns>
    /// <exception cref="TinySaverException">The input, the rule or the options are out of range, or the rule needs labels and there are none.</exception>
    public static SearchResult Run(SearchInput input, SearchRule rule, SearchOptions? options = null)
    {
        options ??= new SearchOptions();
        rule.Check();
        options.Check(rule);
        SearchInputValidation.Check(input);
        if (rule is PaperRule && !input.Labelled)
            throw new TinySaverException("The paper rule compares accuracies and so needs labels: use the certified, budget or fixed rule without them.");

        List<Candidate> candidates = Candidate.AllOf(input);
        return rule is CertifiedRule certified
            ? CertifiedSearch.Run(input, candidates, certified, options)
            : ThresholdSearch.Run(input, candidates, rule, options);
    }

    internal static SearchResult Result(
        SearchInput input, SearchRule rule, CascadeChoice? choice, NoCascade? noCascade, List<CandidateResult> candidates)
    {
        int? largeCorrect = CountCorrect(input.Large.Classes.Span, input.Labels.Span);
        return new SearchResult(
            rule.Name,
            input.Large.Name,
            input.Samples,
            input.Labelled,
            largeCorrect / (double)input.Samples,
            choice,
            noCascade,
            [.. candidates.OrderBy(c => c.Point?.DeltaC ?? double.PositiveInfinity)]);
    }

    internal static CascadeChoice Choice(SearchInput input, IReadOnlyList<StageSetting> stages, Certificate? certificate)
    {
        CascadeReplay replay = CascadeReplay.Run([.. stages.Select(s => s.Candidate.Replay(s.Threshold))], input.Large.Classes.Span);
        OperatingPoint point = OperatingPoint.Of(replay, input.Large.Classes.Span, input.Labels.Span);
        return new CascadeChoice([.. stages.Select(s => s.Candidate.At(s.Threshold))], point, certificate);
    }

    internal static int? CountCorrect(ReadOnlySpan<int> classes, ReadOnlySpan<int> labels)
    {
        if (labels.IsEmpty)
            return null;

        int correct = 0;
        for (int i = 0; i < classes.Length; i++)
            correct += classes[i] == labels[i] ? 1 : 0;

        return correct;
    }
}
