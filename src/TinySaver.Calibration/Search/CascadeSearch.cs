using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>What a search may build and report, whatever its rule.</summary>
public sealed record SearchOptions
{
    /// <summary>The most savers in a row, 1 or 2. Default 1. With 2, a chain is taken only where it lowers ΔC further.</summary>
    public int MaxSavers { get; init; } = 1;

    /// <summary>Whether later models may be pooled with earlier ones where labels show that it makes them better. Default true.</summary>
    public bool Pool { get; init; } = true;

    /// <summary>The most points of each candidate's curve in the result. Default 200.</summary>
    public int CurvePoints { get; init; } = 200;
}

/// <summary>Finds the saver, confidence measure and exit threshold that save most compute under a rule.</summary>
public static class CascadeSearch
{
    /// <summary>Searches every saver × measure × temperature; the lowest ΔC wins.</summary>
    /// <param name="input">Predictions of all models on the calibration images.</param>
    /// <param name="rule">How thresholds are chosen.</param>
    /// <param name="options">Chain length and size of the result; null for the defaults.</param>
    /// <returns>The cascade, or why there is none, and every candidate's best point.</returns>
    /// <exception cref="TinySaverException">The input, the rule or the options are out of range, or the rule needs labels and some are unknown.</exception>
    public static SearchResult Run(SearchInput input, SearchRule rule, SearchOptions? options = null)
    {
        options ??= new SearchOptions();
        rule.Check(options);
        SearchInputValidation.Check(input);
        return rule.NeedsLabels && input.Labelling != Labelling.All
            ? throw new TinySaverException($"The {rule.Kind.Name()} rule compares accuracies and so needs the labels of all images: use another without them, such as certified.")
            : rule.Search(input, options);
    }

    internal static SearchResult Result(
        SearchInput input, SearchRule rule, (CandidateCascade Cascade, CascadeChoice Choice)? found, NoCascade? noCascade, List<CandidateResult> candidates)
    {
        CascadeChoice? choice = found?.Choice;
        return new SearchResult(
            rule.Kind,
            rule.Guarantee(input.Labelling != Labelling.None),
            input.Large.Name,
            input.Samples,
            input.Labels.Length - input.Labels.Span.Count(Labellings.Unknown),
            AccuracyLarge(input),
            choice,
            noCascade,
            [.. candidates.Select(c => c with { Chosen = IsChosen(c, choice) }).OrderBy(Rank).ThenBy(c => c.Point?.DeltaC ?? double.PositiveInfinity)])
        {
            Front = CascadeFront.Of(input, candidates, found?.Cascade),
        };

        // What is chosen first, then what the promise holds for, then what only seems to keep it, and last what does not: the lowest ΔC of all is
        // often one that breaks it.
        static int Rank(CandidateResult c) => c.Chosen ? 0 : c.Certified ? 1 : c.AboveLimit ? 3 : 2;
    }

    private static bool IsChosen(CandidateResult c, CascadeChoice? choice) =>
        choice?.Savers is [var only]
        && (only.Saver, only.Measure, only.Temperature, (double?)only.Threshold) == (c.Saver, c.Measure, c.Temperature, c.Threshold);

    internal static CascadeChoice Choice(SearchInput input, CandidateCascade cascade, Certificate? certificate)
    {
        ReadOnlySpan<int> large = input.Large.Classes.Span;
        var replay = CascadeReplay.Run([.. cascade.Savers.Select(s => s.Candidate.Replay(s.Threshold))], cascade.Escalated is { } pooled ? pooled.Answers.Classes : large);
        var point = OperatingPoint.Of(replay, large, input.Labels.Span);
        return new CascadeChoice([.. cascade.Savers.Select(s => s.Candidate.At(s.Threshold))], cascade.Escalated?.Answers.Weights, point, certificate);
    }

    /// <summary>Accuracy of the large model alone; null unless all labels are known.</summary>
    internal static double? AccuracyLarge(SearchInput input)
    {
        if (input.Labelling != Labelling.All)
            return null;

        ReadOnlySpan<int> labels = input.Labels.Span;
        ReadOnlySpan<int> classes = input.Large.Classes.Span;
        int correct = 0;
        for (int i = 0; i < classes.Length; i++)
            correct += classes[i] == labels[i] ? 1 : 0;

        return correct / (double)input.Samples;
    }
}
