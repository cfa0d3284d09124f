using TinySaver.Calibration.Evaluation;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

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

    /// <summary>Draws the images that select under the certified rule, for what must look at outcomes before the search: fitting temperatures.</summary>
    /// <param name="rule">The rule: its promise decides how many images certify, its seed which.</param>
    /// <param name="options">The options of the search.</param>
    /// <param name="keys">One number for each image that does not depend on its row.</param>
    /// <param name="labelled">Whether true labels are known.</param>
    /// <returns>The split to give to the search with <see cref="SearchInput.Split"/>.</returns>
    /// <exception cref="TinySaverException">The rule or the options are out of range.</exception>
    public static SampleSplit DrawSplit(CertifiedRule rule, SearchOptions options, ReadOnlySpan<ulong> keys, bool labelled)
    {
        rule.Check();
        options.Check(rule);

        int certifying = keys.Length < 2 ? 0
            : new CertificationPlan(rule.Limit(labelled), rule.SelectionShare).Certifying(keys.Length, options.MaxSavers > 1);
        return SampleSplit.Draw(keys.Length, keys, keys.Length - certifying, rule.Seed);
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
            [.. candidates.Select(c => c with { Chosen = IsChosen(c, choice) }).OrderBy(Rank).ThenBy(c => c.Point?.DeltaC ?? double.PositiveInfinity)]);

        // What is chosen first, then what the promise holds for, then what only seems to keep it, and last what does not: the lowest ΔC of all is
        // often one that breaks it.
        static int Rank(CandidateResult c) => c.Chosen ? 0 : c.Certified ? 1 : c.AboveLimit ? 3 : 2;

    }

    private static bool IsChosen(CandidateResult c, CascadeChoice? choice) =>
        choice?.Savers is [var only]
        && (only.Saver, only.Measure, only.Temperature, (double?)only.Threshold) == (c.Saver, c.Measure, c.Temperature, c.Threshold);

    internal static CascadeChoice Choice(SearchInput input, IReadOnlyList<CandidateSetting> savers, Certificate? certificate)
    {
        CascadeReplay replay = CascadeReplay.Run([.. savers.Select(s => s.Candidate.Replay(s.Threshold))], input.Large.Classes.Span);
        OperatingPoint point = OperatingPoint.Of(replay, input.Large.Classes.Span, input.Labels.Span);
        return new CascadeChoice([.. savers.Select(s => s.Candidate.At(s.Threshold))], point, certificate);
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
