using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

/// <summary>The search under the certified rule: chooses what to test without spoiling the guarantee, then tests.</summary>
internal static class CertifiedSearch
{
    // Steps of half a percent of the exit rate. The losses of a good saver lie in the last few percent, where a coarser step jumps over what certifies.
    internal const int Steps = 200;

    public static SearchResult Run(SearchInput input, CertifiedRule rule, SearchOptions options)
    {
        Trial trial = Prepare(input, rule, options);
        input = trial.Input;
        List<Candidate> candidates = trial.Candidates;
        int eligible = Eligible(input);
        (CandidateCascade Cascade, CascadeChoice Choice)? found = Certify(trial, eligible, rule.Delta);

        Candidate[] shown = [.. candidates.Select(c => trial.Pooled.GetValueOrDefault(c, c))];
        Guarantee guarantee = rule.Guarantee(input.Labelling != Labelling.None);
        var results = new List<CandidateResult>(candidates.Count);
        foreach (Candidate candidate in shown)
        {
            double? threshold = trial.Thresholds.TryGetValue(candidate, out double t) ? t : null;
            bool certified = trial.Certified.Contains(candidate);
            results.Add(CandidateResults.Of(candidate, candidate.Curve(), input.Labelling, threshold, certified, guarantee, options.CurvePoints));
        }

        if (found?.Choice.Calibration.DeltaC < 0)
            return CascadeSearch.Result(input, rule, found, null, results);

        var closest = new ClosestMiss(guarantee, new(guarantee, rule.SelectionShare), Math.Max(1, eligible), trial.Correction == CandidateCorrection.Split);
        foreach (Candidate candidate in shown)
            closest.Consider(candidate, candidate.Curve());

        return CascadeSearch.Result(input, rule, null, closest.Explain(input, found?.Choice), results);
    }

    /// <summary>Fixes what is tested, before any outcome that it is tested on is looked at.</summary>
    public static Trial Prepare(SearchInput input, CertifiedRule rule, SearchOptions options)
    {
        Guarantee guarantee = rule.Guarantee(input.Labelling != Labelling.None);
        guarantee.Check();
        var plan = new CertificationPlan(guarantee, rule.SelectionShare);
        bool pool = options.Pool && CandidatePools.CanPool(input);
        bool every = CertifiesEveryCandidate(input, Eligible(input), rule, options, plan, pool);

        // A split that the input carries has been looked at; no other may be drawn.
        SampleSplit split = every ? new([], Draw(input, plan.CertifyingEvery(input.Samples, Math.Max(1, Eligible(input))), rule).Certification)
            : input.Samples < 2 ? new([], [])
            : input.Split ?? Draw(input, plan.Certifying(input.Samples, options.MaxSavers > 1), rule);

        // Whoever chooses which images to label may have seen everything, so what selects must not depend on it.
        if (input.Labelling == Labelling.Some)
            input = input with { Labels = Hide(input.Labels.Span, split.Selection) };

        List<Candidate> candidates = Candidate.AllOf(input);

        // A saver that costs as much as the large model cannot save anything. Costs are known before any outcome, so this is free.
        List<Candidate> eligible = [.. candidates.Where(c => c.CostRatio < 1)];
        CandidateCorrection correction = every ? CandidateCorrection.Bonferroni : CandidateCorrection.Split;
        if (eligible.Count == 0 || split.Certification.Count == 0 || (!every && split.Selection.Count == 0))
            return new(input, candidates, [], null!, [], 0, correction);

        return every
            ? new(input, candidates, [.. eligible.Select(c => new PairPath(c))], plan.Level(eligible.Count).Test(split.Certification.Count), split.Certification, 0, correction)
            : BestCandidates(input, candidates, eligible, split, plan, options, pool);
    }

    private static int Eligible(SearchInput input) => input.Savers.Where(s => s.Cost / input.Large.Cost < 1).Sum(s => s.Confidences.Count);

    private static int[] Hide(ReadOnlySpan<int> labels, IReadOnlyList<int> rows)
    {
        int[] some = labels.ToArray();
        foreach (int row in rows)
            some[row] = Labellings.Unknown;

        return some;
    }

    private static bool CertifiesEveryCandidate(
        SearchInput input, int eligible, CertifiedRule rule, SearchOptions options, CertificationPlan plan, bool pool)
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

        // Weights are fitted on images that do not certify. Where too few are left then for a sample without losses and gains, none are spared.
        return rule.Correction == CandidateCorrection.Bonferroni
            || (rule.Correction == CandidateCorrection.Auto && input.Split is null && !chains
                && (pool ? plan.OnlyCertifiesEvery(input.Samples, eligible) : plan.PrefersEveryCandidate(input.Samples, eligible)));
    }

    private static SampleSplit Draw(SearchInput input, int certifying, CertifiedRule rule) =>
        SampleSplit.Draw(input.Samples, input.SampleKeys.Span, input.Samples - certifying, rule.Seed);

    private static Trial BestCandidates(
        SearchInput input, List<Candidate> candidates, List<Candidate> eligible, SampleSplit split, CertificationPlan plan, SearchOptions options, bool pool)
    {
        int certifying = split.Certification.Count;

        // A chain never takes a pair's place. Where there are images enough it is tested besides, but only where the images that select expect
        // more of it, at the stricter level that the three then have, than of the best pair at its own.
        bool takesChain = options.MaxSavers > 1 && plan.TakesChain(certifying);
        int finalists = eligible.Count == 1 ? 1 : takesChain ? 2 : plan.Finalists(certifying);
        RiskTest test = plan.Level(finalists).Test(certifying);
        CandidatePools? pools = pool ? new(input, split.Selection) : null;
        var pooled = new Dictionary<Candidate, Candidate>();
        List<PairPath> ranked = [.. eligible.Select(Better).OrderBy(p => p.Rank)];

        // The best-ranked candidates of different savers, whose fortunes differ more than two measures' do.
        List<PairPath> first = [.. ranked.DistinctBy(p => p.Candidate.Saver)];
        List<ICascadePath> paths = [.. first.Concat(ranked.Except(first)).Take(finalists)];
        if (takesChain)
        {
            RiskTest ofThree = plan.Level(3).Test(certifying);
            if (ChainPath.Best(ranked[0], eligible, pools, split.Selection, ofThree) is { } chain)
            {
                paths.Add(chain);
                test = ofThree;
            }
        }

        var trial = new Trial(input, candidates, paths, test, split.Certification, split.Selection.Count, CandidateCorrection.Split) { Pooled = pooled };
        foreach (PairPath pair in ranked)
        {
            if (pair.ProjectedThreshold is { } projected)
                trial.Thresholds[pair.Candidate] = projected;
        }

        return trial;

        // The candidate with or without pooling, whichever the images that select expect more of; of equals the simpler.
        PairPath Better(Candidate candidate)
        {
            var alone = PairPath.Select(candidate, split.Selection, test);
            if (pools?.Of(candidate) is not { } together || PairPath.Select(together, split.Selection, test) is not { } path || path.Rank >= alone.Rank)
                return alone;

            pooled.Add(candidate, together);
            return path;
        }
    }

    // All that is certified holds at once, so the lowest ΔC of them may be taken.
    private static (CandidateCascade Cascade, CascadeChoice Choice)? Certify(Trial trial, int candidates, double delta)
    {
        (CandidateCascade Cascade, CascadeChoice Choice)? best = null;
        foreach (ICascadePath path in trial.Paths)
        {
            Differences[] counts = path.Count(trial.Rows);
            int last = FixedSequence.LastCertified(counts.Length, i => trial.Test.Certifies(counts[i]));
            if (path is PairPath tested)
                trial.Thresholds.Remove(tested.Candidate);
            if (last < 0)
                continue;

            CandidateCascade cascade = path.Cascade(last);
            if (cascade.Savers is [CandidateSetting only])
            {
                trial.Thresholds[only.Candidate] = only.Threshold;
                trial.Certified.Add(only.Candidate);
            }

            Guarantee level = trial.Test.Guarantee;
            CascadeChoice choice = CascadeSearch.Choice(trial.Input, cascade, new Certificate(
                level.Risk, level.Epsilon, delta, trial.Correction, candidates, level.Delta, trial.Selecting, trial.Rows.Count,
                counts[last].Losses, counts[last].Gains, counts[last].Disagreements, counts[last].Unlabelled, Math.Min(last + 2, counts.Length), last + 1));
            if (best is null || choice.Calibration.DeltaC < best.Value.Choice.Calibration.DeltaC)
                best = (cascade, choice);
        }

        return best;
    }

    /// <summary>What is tested, how, and on which images.</summary>
    /// <param name="Input">What is searched; where labels are partial, without those of the images that select.</param>
    /// <param name="Candidates">All candidates.</param>
    /// <param name="Paths">Sequences of cascades, fixed before the outcomes they are tested on.</param>
    /// <param name="Test">The test of each cascade.</param>
    /// <param name="Rows">The images that certify.</param>
    /// <param name="Selecting">How many images selected.</param>
    /// <param name="Correction">How the choice among candidates is corrected for.</param>
    internal sealed record Trial(
        SearchInput Input, List<Candidate> Candidates, IReadOnlyList<ICascadePath> Paths, RiskTest Test, IReadOnlyList<int> Rows, int Selecting,
        CandidateCorrection Correction)
    {
        /// <summary>The candidates that pool, by those that do not, where the images that select expect more of pooling.</summary>
        public IReadOnlyDictionary<Candidate, Candidate> Pooled { get; init; } = new Dictionary<Candidate, Candidate>();

        /// <summary>Thresholds of candidates: certified, or where not tested projected.</summary>
        public Dictionary<Candidate, double> Thresholds { get; } = [];

        /// <summary>The candidates that were certified, each by itself.</summary>
        public HashSet<Candidate> Certified { get; } = [];
    }
}
