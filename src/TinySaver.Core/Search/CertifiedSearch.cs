using TinySaver.Core.Calibration;
using TinySaver.Core.Failures;

namespace TinySaver.Core.Search;

/// <summary>The search under the certified rule: chooses without spoiling the guarantee, then tests.</summary>
internal static class CertifiedSearch
{
    // Up to three candidates, all images at δ / 3 have the narrower margin than four fifths of them at δ / 2: z = 2.13 against 1.96 / √0.8.
    private const int FewCandidates = 3;

    // With more, Bonferroni still wins where images abound, because it never bets on the wrong candidate: in simulations (docs/calibration.md) from
    // about this multiple of the fewest images with which it can certify anything.
    private const double AmpleSamples = 2.5;

    private const int MostFinalists = 2;

    // Steps of 1 % of the exit rate: finer ones only add chances to stop early.
    internal const int Steps = 100;

    public static SearchResult Run(SearchInput input, List<Candidate> candidates, CertifiedRule rule, SearchOptions options)
    {
        // A saver that costs as much as the large model cannot save anything. Costs are known before any outcome, so this is free.
        List<Candidate> eligible = [.. candidates.Where(c => c.CostRatio < 1)];
        RiskKind risk = input.Labelled ? RiskKind.AccuracyDrop : RiskKind.Disagreement;
        var limit = new RiskLimit(risk, rule.Epsilon, rule.Delta);
        Outcome outcome = eligible.Count == 0 ? Outcome.Nothing
            : Correction(rule, options, eligible, limit) == CandidateCorrection.Bonferroni ? OnAllImages(eligible, limit)
            : OnSplit(input, eligible, limit, rule, options);

        int? largeCorrect = CascadeSearch.CountCorrect(input.Large.Classes.Span, input.Labels.Span);
        var results = new List<CandidateResult>(candidates.Count);
        var closest = new ClosestMiss(limit, outcome.CertificationShare);
        foreach (Candidate candidate in candidates)
        {
            SweepCurve curve = candidate.Curve();
            double? threshold = outcome.Thresholds.TryGetValue(candidate, out double t) ? t : null;
            bool certified = outcome.Certified.Contains(candidate);
            results.Add(CandidateReport.Of(input, candidate, curve, threshold, certified, largeCorrect, options.CurvePoints));
            closest.Consider(candidate, curve);
        }

        if (outcome.Stages is null)
            return CascadeSearch.Result(input, rule, null, closest.Explain(input, null), results);

        CascadeChoice choice = CascadeSearch.Choice(input, outcome.Stages, outcome.Certificate);
        return choice.Calibration.DeltaC < 0
            ? CascadeSearch.Result(input, rule, choice, null, results)
            : CascadeSearch.Result(input, rule, null, closest.Explain(input, choice), results);
    }

    private static CandidateCorrection Correction(CertifiedRule rule, SearchOptions options, List<Candidate> eligible, RiskLimit limit)
    {
        // Temperatures are fitted to outcomes, and a chain's path is read off them: both need images that do not certify.
        bool fitted = eligible.Any(c => c.Column.Temperature != 1);
        if (rule.Correction == CandidateCorrection.Bonferroni && (fitted || options.MaxSavers > 1))
        {
            throw new TinySaverException(
                "Bonferroni certifies on all images, so none are left to fit temperatures or to find a chain on: use the split correction for those.");
        }

        if (rule.Correction != CandidateCorrection.Auto)
            return rule.Correction;
        if (fitted || options.MaxSavers > 1)
            return CandidateCorrection.Split;

        // Decided by numbers of images and candidates alone, so the data have no say in it.
        long fewest = (limit with { Delta = limit.Delta / eligible.Count }).FewestSamples;
        bool ample = eligible[0].Outcomes.Length >= AmpleSamples * fewest;
        return ample || eligible.Count <= FewCandidates ? CandidateCorrection.Bonferroni : CandidateCorrection.Split;
    }

    private static Outcome OnAllImages(List<Candidate> eligible, RiskLimit limit)
    {
        RiskLimit single = limit with { Delta = limit.Delta / eligible.Count };
        RiskTest test = single.Test(eligible[0].Outcomes.Length);
        IReadOnlyList<double> grid = ThresholdGrid.LogitSpaced;
        var outcome = new Outcome(1);
        double best = double.PositiveInfinity;
        foreach (Candidate candidate in eligible)
        {
            SweepCurve curve = candidate.Curve();
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
                outcome.Stages = [new StageSetting(candidate, grid[last])];
                outcome.Certificate = new Certificate(
                    limit.Risk, limit.Epsilon, limit.Delta, CandidateCorrection.Bonferroni, eligible.Count, single.Delta, 0,
                    curve.Samples, point.Losses, point.Gains, point.Disagreements, Math.Min(last + 2, grid.Count), last + 1);
            }
        }

        return outcome;
    }

    private static Outcome OnSplit(SearchInput input, List<Candidate> eligible, RiskLimit limit, CertifiedRule rule, SearchOptions options)
    {
        SampleSplit split = SampleSplit.Draw(input.Samples, input.SampleKeys.Span, rule.SelectionShare, rule.Seed);
        var outcome = new Outcome((double)split.Certification.Count / input.Samples);
        if (split.Selection.Count == 0)
            return outcome;

        int certifying = split.Certification.Count;
        bool two = certifying >= (limit with { Delta = limit.Delta / MostFinalists }).FewestSamples;
        RiskLimit single = two ? limit with { Delta = limit.Delta / MostFinalists } : limit;
        RiskTest test = single.Test(certifying);

        List<PairPath> pairs = [.. eligible.Select(c => PairPath.Select(c, split.Selection, test)).OrderBy(p => p.Rank)];
        foreach (PairPath pair in pairs)
        {
            if (pair.ProjectedThreshold is { } projected)
                outcome.Thresholds[pair.Candidate] = projected;
        }

        ChainPath? chain = options.MaxSavers > 1 ? ChainPath.Best(pairs[0], eligible, split.Selection, test) : null;
        double best = double.PositiveInfinity;
        foreach (ICascadePath path in Finalists(pairs, chain, two ? MostFinalists : 1))
        {
            var counts = new (int Losses, int Gains, int Disagreements)[path.Count];
            path.CountOutcomes(split.Certification, counts);
            int last = FixedSequence.LastCertified(path.Count, i => test.Certifies(counts[i].Losses, counts[i].Gains, counts[i].Disagreements));
            if (path is PairPath tested)
                outcome.Thresholds.Remove(tested.Candidate);
            if (last < 0)
                continue;

            IReadOnlyList<StageSetting> stages = path.Stages(last);
            if (stages is [StageSetting only])
            {
                outcome.Thresholds[only.Candidate] = only.Threshold;
                outcome.Certified.Add(only.Candidate);
            }

            double deltaC = CascadeSearch.Choice(input, stages, null).Calibration.DeltaC;
            if (deltaC < best)
            {
                (best, outcome.Stages) = (deltaC, stages);
                outcome.Certificate = new Certificate(
                    limit.Risk, limit.Epsilon, limit.Delta, CandidateCorrection.Split, eligible.Count, single.Delta, split.Selection.Count,
                    certifying, counts[last].Losses, counts[last].Gains, counts[last].Disagreements, Math.Min(last + 2, path.Count), last + 1);
            }
        }

        return outcome;
    }

    // A chain takes the last place; otherwise the best-ranked candidates of different savers, whose fortunes differ more than two measures' do.
    private static List<ICascadePath> Finalists(List<PairPath> ranked, ChainPath? chain, int most)
    {
        List<PairPath> first = [.. ranked.DistinctBy(p => p.Candidate.Saver)];
        List<ICascadePath> finalists = [.. first.Concat(ranked.Except(first)).Take(chain is null ? most : most - 1)];
        if (chain is not null)
            finalists.Add(chain);

        return finalists;
    }

    private static int Walk(SweepCurve curve, IReadOnlyList<double> grid, RiskTest test) => FixedSequence.LastCertified(
        grid.Count,
        i =>
        {
            SweepPoint point = curve.At(grid[i]);
            return test.Certifies(point.Losses, point.Gains, point.Disagreements);
        });

    private sealed class Outcome(double certificationShare)
    {
        public static Outcome Nothing => new(1);

        public double CertificationShare { get; } = certificationShare;

        public IReadOnlyList<StageSetting>? Stages { get; set; }

        public Certificate? Certificate { get; set; }

        public Dictionary<Candidate, double> Thresholds { get; } = [];

        public HashSet<Candidate> Certified { get; } = [];
    }
}
