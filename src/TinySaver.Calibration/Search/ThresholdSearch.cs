using TinySaver.Calibration.Sweeps;

namespace TinySaver.Calibration.Search;

/// <summary>The search under the rules that set a threshold for each candidate by itself: paper, budget and fixed.</summary>
internal static class ThresholdSearch
{
    public static SearchResult Run(SearchInput input, List<Candidate> candidates, SearchRule rule, SearchOptions options)
    {
        var results = new List<CandidateResult>(candidates.Count);
        CandidateSetting? best = null;
        double bestDeltaC = double.PositiveInfinity;
        double bestHarm = double.PositiveInfinity;
        foreach (Candidate candidate in candidates)
        {
            SweepCurve curve = candidate.Curve();
            double threshold = Threshold(curve, rule, input.Labelled);
            CandidateResult result = CandidateResults.Of(candidate, curve, input.Labelled, threshold, false, null, options.CurvePoints);
            results.Add(result);

            // A budget asks for accuracy first; among candidates that save at all the most accurate wins, then the one that saves most.
            double deltaC = result.Point!.DeltaC;
            double harm = rule is BudgetRule ? result.Point.AccuracyDrop ?? (1 - result.Point.Agreement) : 0;
            if (rule is BudgetRule && deltaC >= 0)
                harm += 2;
            if (harm < bestHarm || (harm == bestHarm && deltaC < bestDeltaC))
                (best, bestHarm, bestDeltaC) = (new CandidateSetting(candidate, threshold), harm, deltaC);
        }

        if (bestDeltaC >= 0)
            return CascadeSearch.Result(input, rule, null, CostsMore(input, rule, best!, bestDeltaC), results);

        IReadOnlyList<CandidateSetting> savers = [best!];
        if (options.MaxSavers > 1)
            savers = PaperChain.Extend(best!, bestDeltaC, candidates);

        return CascadeSearch.Result(input, rule, CascadeSearch.Choice(input, savers, null), null, results);
    }

    private static double Threshold(SweepCurve curve, SearchRule rule, bool labelled) => rule switch
    {
        PaperRule => PaperThreshold.Choose(curve),
        FixedRule given => given.Threshold,
        // Where letting nothing exit is best, 1 is the nearest threshold that can be written down.
        BudgetRule budget => Math.Min(1, BudgetThreshold.Choose(curve, budget.MaxEscalationRate, labelled).Threshold),
        _ => throw new InvalidOperationException($"{rule.Name} is not a rule that sets one threshold."),
    };

    private static NoCascade CostsMore(SearchInput input, SearchRule rule, CandidateSetting best, double deltaC)
    {
        CascadeChoice closest = CascadeSearch.Choice(input, [best], null);
        string explanation = FormattableString.Invariant(
            $"Under the {rule.Name} rule no saver saves compute: the best, {best.Candidate.Saver.Name}, costs {best.Candidate.CostRatio:P1} of the large model for every image and lets {closest.Calibration.ExitRate:P1} exit, so compute changes by {deltaC:+0.0%;-0.0%;0.0%}.");
        return new NoCascade(NoCascadeReason.CostsMoreThanItSaves, explanation, closest.Savers[0], closest.Calibration, null);
    }
}
