using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The search under the certified rule: chooses without spoiling the guarantee, then tests.</summary>
internal static class CertifiedSearch
{
    // Steps of 1 % of the exit rate: finer ones only add chances to stop early.
    internal const int Steps = 100;

    public static SearchResult Run(SearchInput input, List<Candidate> candidates, CertifiedRule rule, SearchOptions options)
    {
        // A saver that costs as much as the large model cannot save anything. Costs are known before any outcome, so this is free.
        List<Candidate> eligible = [.. candidates.Where(c => c.CostRatio < 1)];
        RiskLimit limit = rule.Limit(input.Labelled);
        var plan = new CertificationPlan(limit, rule.SelectionShare);
        bool everyCandidate = CertifiesEveryCandidate(input, eligible, rule, options, plan);
        Outcome outcome = eligible.Count == 0 ? new Outcome()
            : everyCandidate ? EveryCandidate(input, eligible, rule, plan)
            : BestCandidates(input, eligible, rule, plan, options);

        var results = new List<CandidateResult>(candidates.Count);
        foreach (Candidate candidate in candidates)
        {
            double? threshold = outcome.Thresholds.TryGetValue(candidate, out double t) ? t : null;
            bool certified = outcome.Certified.Contains(candidate);
            results.Add(CandidateResults.Of(candidate, candidate.Curve(), input.Labelled, threshold, certified, limit, options.CurvePoints));
        }

        CascadeChoice? choice = outcome.Savers is null ? null : CascadeSearch.Choice(input, outcome.Savers, outcome.Certificate);
        if (choice?.Calibration.DeltaC < 0)
            return CascadeSearch.Result(input, rule, choice, null, results);

        var closest = new ClosestMiss(limit, plan, Math.Max(1, eligible.Count), !everyCandidate);
        foreach (Candidate candidate in candidates)
            closest.Consider(candidate, candidate.Curve());

        return CascadeSearch.Result(input, rule, null, closest.Explain(input, choice), results);
    }

    private static bool CertifiesEveryCandidate(
        SearchInput input, List<Candidate> eligible, CertifiedRule rule, SearchOptions options, CertificationPlan plan)
    {
        bool fitted = input.Savers.Any(s => s.Confidences.Any(c => c.Temperature != 1));
        if (fitted && input.Split is null)
        {
            throw new TinySaverException(
                "A temperature other than 1 was fitted to outcomes, so the images that it was fitted on must not certify: give the search the split (Split) that it was fitted on.");
        }

        bool chains = options.MaxSavers > 1;
        if (rule.Correction == CandidateCorrection.Bonferroni && (input.Split is not null || chains))
        {
            throw new TinySaverException(
                "Bonferroni certifies every candidate on all images, so none are left to fit temperatures or to find a chain on: use the split correction for those.");
        }

        return rule.Correction == CandidateCorrection.Bonferroni
            || (rule.Correction == CandidateCorrection.Auto && input.Split is null && !chains && plan.PrefersEveryCandidate(input.Samples, eligible.Count));
    }

    private static SampleSplit Draw(SearchInput input, int certifying, CertifiedRule rule) =>
        SampleSplit.Draw(input.Samples, input.SampleKeys.Span, input.Samples - certifying, rule.Seed);

    private static Outcome EveryCandidate(SearchInput input, List<Candidate> eligible, CertifiedRule rule, CertificationPlan plan)
    {
        IReadOnlyList<int> rows = Draw(input, plan.CertifyingEvery(input.Samples, eligible.Count), rule).Certification;
        RiskLimit single = plan.Level(eligible.Count);
        RiskTest test = single.Test(rows.Count);
        IReadOnlyList<double> grid = ThresholdGrid.LogitSpaced;
        var outcome = new Outcome();
        double best = double.PositiveInfinity;
        foreach (Candidate candidate in eligible)
        {
            SweepCurve curve = candidate.Curve(rows);
            int last = Walk(curve, grid, test);
            if (last < 0)
                continue;

            SweepPoint point = curve.At(grid[last]);
            outcome.Thresholds[candidate] = grid[last];
            outcome.Certified.Add(candidate);
            double deltaC = candidate.DeltaC(point.Exited, curve.Samples);
            if (deltaC < best)
            {
                best = deltaC;
                outcome.Savers = [new CandidateSetting(candidate, grid[last])];
                outcome.Certificate = new Certificate(
                    single.Risk, single.Epsilon, plan.Level(1).Delta, CandidateCorrection.Bonferroni, eligible.Count, single.Delta, 0,
                    curve.Samples, point.Losses, point.Gains, point.Disagreements, Math.Min(last + 2, grid.Count), last + 1);
            }
        }

        return outcome;
    }

    private static Outcome BestCandidates(SearchInput input, List<Candidate> eligible, CertifiedRule rule, CertificationPlan plan, SearchOptions options)
    {
        var outcome = new Outcome();
        if (input.Samples < 2)
            return outcome;

        // A split that the input carries has been looked at; no other may be drawn.
        SampleSplit split = input.Split ?? Draw(input, plan.Certifying(input.Samples, options.MaxSavers > 1), rule);
        int certifying = split.Certification.Count;
        if (split.Selection.Count == 0 || certifying == 0)
            return outcome;

        // A chain never takes a pair's place. Where there are images enough it is tested besides, but only where the images that select expect
        // more of it, at the stricter level that the three then have, than of the best pair at its own.
        bool takesChain = options.MaxSavers > 1 && plan.TakesChain(certifying);
        int finalists = eligible.Count == 1 ? 1 : takesChain ? 2 : plan.Finalists(certifying);
        ChainPath? chain = null;
        RiskTest test = plan.Level(finalists).Test(certifying);
        List<PairPath> pairs = [.. eligible.Select(c => PairPath.Select(c, split.Selection, test)).OrderBy(p => p.Rank)];
        foreach (PairPath pair in pairs)
        {
            if (pair.ProjectedThreshold is { } projected)
                outcome.Thresholds[pair.Candidate] = projected;
        }

        if (takesChain)
            chain = ChainPath.Best(pairs[0], eligible, split.Selection, plan.Level(3).Test(certifying));
        if (chain is not null)
            test = plan.Level(3).Test(certifying);

        double best = double.PositiveInfinity;
        foreach (ICascadePath path in Finalists(pairs, chain, finalists))
        {
            var counts = new (int Losses, int Gains, int Disagreements)[path.Count];
            path.CountOutcomes(split.Certification, counts);
            int last = FixedSequence.LastCertified(path.Count, i => test.Certifies(counts[i].Losses, counts[i].Gains, counts[i].Disagreements));
            if (path is PairPath tested)
                outcome.Thresholds.Remove(tested.Candidate);
            if (last < 0)
                continue;

            IReadOnlyList<CandidateSetting> savers = path.Savers(last);
            if (savers is [CandidateSetting only])
            {
                outcome.Thresholds[only.Candidate] = only.Threshold;
                outcome.Certified.Add(only.Candidate);
            }

            double deltaC = CascadeSearch.Choice(input, savers, null).Calibration.DeltaC;
            if (deltaC < best)
            {
                (best, outcome.Savers) = (deltaC, savers);
                outcome.Certificate = new Certificate(
                    test.Limit.Risk, test.Limit.Epsilon, plan.Level(1).Delta, CandidateCorrection.Split, eligible.Count, test.Limit.Delta, split.Selection.Count,
                    certifying, counts[last].Losses, counts[last].Gains, counts[last].Disagreements, Math.Min(last + 2, path.Count), last + 1);
            }
        }

        return outcome;
    }

    // The best-ranked candidates of different savers, whose fortunes differ more than two measures' do.
    private static IEnumerable<ICascadePath> Finalists(List<PairPath> ranked, ChainPath? chain, int most)
    {
        List<PairPath> first = [.. ranked.DistinctBy(p => p.Candidate.Saver)];
        IEnumerable<ICascadePath> pairs = first.Concat(ranked.Except(first)).Take(most);
        return chain is null ? pairs : pairs.Append(chain);
    }

    private static int Walk(SweepCurve curve, IReadOnlyList<double> grid, RiskTest test) => FixedSequence.LastCertified(
        grid.Count,
        i =>
        {
            SweepPoint point = curve.At(grid[i]);
            return test.Certifies(point.Losses, point.Gains, point.Disagreements);
        });

    private sealed class Outcome
    {
        public IReadOnlyList<CandidateSetting>? Savers { get; set; }

        public Certificate? Certificate { get; set; }

        public Dictionary<Candidate, double> Thresholds { get; } = [];

        public HashSet<Candidate> Certified { get; } = [];
    }
}
