using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>How a search chooses exit thresholds: <see cref="CertifiedRule"/>, <see cref="PaperRule"/>, <see cref="BudgetRule"/> or <see cref="FixedRule"/>.</summary>
/// <remarks>A rule says all there is to say of it: what it needs, what it guarantees, how it stands in a policy, and how it searches.</remarks>
public abstract record SearchRule
{
    private protected SearchRule()
    {
    }

    /// <summary>The rule and its parameters as a policy records them.</summary>
    public abstract PolicyRule Policy { get; }

    /// <summary>Which rule it is.</summary>
    public RuleKind Kind => Policy.Kind;

    /// <summary>Whether it compares accuracies and so needs labels.</summary>
    public virtual bool NeedsLabels => false;

    /// <summary>The most savers in a row that it sets thresholds for.</summary>
    public virtual int MostSavers => 1;

    /// <summary>What it guarantees, given whether true labels are known; null where it guarantees nothing.</summary>
    public virtual Guarantee? Guarantee(bool labelled) => null;

    /// <summary>Draws the images that select, for what must look at outcomes before the search: fitting temperatures.</summary>
    /// <param name="keys">One number for each image that does not depend on its row.</param>
    /// <param name="options">The options of the search.</param>
    /// <param name="labelled">Whether true labels are known.</param>
    /// <returns>The split to give to the search with <see cref="SearchInput.Split"/>; null where all images may be looked at.</returns>
    /// <exception cref="TinySaverException">The rule or the options are out of range.</exception>
    public virtual SampleSplit? DrawSplit(ReadOnlySpan<ulong> keys, SearchOptions options, bool labelled) => null;

    /// <summary>Refuses parameters and options that are out of range.</summary>
    /// <exception cref="TinySaverException">One is.</exception>
    internal virtual void Check(SearchOptions options)
    {
        if (options.MaxSavers is not (1 or 2))
            throw new TinySaverException($"{options.MaxSavers} savers in a row were asked for: the search builds chains of 1 or 2.");
        if (options.MaxSavers > MostSavers)
            throw new TinySaverException($"The {Kind.Name()} rule sets one threshold, so it makes no chain of {options.MaxSavers} savers: use the certified rule for one.");
        if (options.CurvePoints < 2)
            throw new TinySaverException($"{options.CurvePoints} curve points were asked for: a curve needs at least 2.");
    }

    /// <summary>Searches input that was checked.</summary>
    internal abstract SearchResult Search(SearchInput input, IReadOnlyList<Candidate> candidates, SearchOptions options);
}

/// <summary>A rule that sets a threshold for each candidate by itself and guarantees nothing.</summary>
public abstract record ThresholdRule : SearchRule
{
    private protected ThresholdRule()
    {
    }

    /// <summary>The threshold of a candidate, in [0, 1].</summary>
    internal abstract double Choose(SweepCurve curve, bool labelled);

    /// <summary>What to keep low before ΔC among the candidates that save compute, in [−1, 1].</summary>
    internal virtual double Harm(OperatingPoint point) => 0;

    /// <summary>The best candidate, with a second saver where the rule has one to add.</summary>
    internal virtual IReadOnlyList<CandidateSetting> Extend(CandidateSetting best, double deltaC, IReadOnlyList<Candidate> candidates) => [best];

    internal sealed override SearchResult Search(SearchInput input, IReadOnlyList<Candidate> candidates, SearchOptions options)
    {
        var results = new List<CandidateResult>(candidates.Count);
        CandidateSetting? best = null;
        (double Harm, double DeltaC) lowest = (double.PositiveInfinity, double.PositiveInfinity);
        foreach (Candidate candidate in candidates)
        {
            SweepCurve curve = candidate.Curve();
            double threshold = Choose(curve, input.Labelled);
            CandidateResult result = CandidateResults.Of(candidate, curve, input.Labelled, threshold, false, null, options.CurvePoints);
            results.Add(result);

            // No harm is so low that a candidate which saves nothing would win by it.
            OperatingPoint point = result.Point!;
            (double, double DeltaC) rank = (Harm(point) + (point.DeltaC < 0 ? 0 : 3), point.DeltaC);
            if (rank.CompareTo(lowest) < 0)
                (best, lowest) = (new CandidateSetting(candidate, threshold), rank);
        }

        return lowest.DeltaC >= 0
            ? CascadeSearch.Result(input, this, null, CostsMore(input, best!, lowest.DeltaC), results)
            : CascadeSearch.Result(
                input, this, CascadeSearch.Choice(input, options.MaxSavers > 1 ? Extend(best!, lowest.DeltaC, candidates) : [best!], null), null, results);
    }

    private NoCascade CostsMore(SearchInput input, CandidateSetting best, double deltaC)
    {
        CascadeChoice closest = CascadeSearch.Choice(input, [best], null);
        string explanation = FormattableString.Invariant(
            $"Under the {Kind.Name()} rule no saver saves compute: the best, {best.Candidate.Saver.Name}, costs {best.Candidate.CostRatio:P1} of the large model for every image and lets {closest.Calibration.ExitRate:P1} exit, so compute changes by {deltaC:+0.0%;-0.0%;0.0%}.");
        return new NoCascade(NoCascadeReason.CostsMoreThanItSaves, explanation, closest.Savers[0], closest.Calibration, null);
    }
}

/// <summary>A given threshold for every candidate.</summary>
/// <param name="Threshold">The exit threshold, in [0, 1].</param>
public sealed record FixedRule(double Threshold) : ThresholdRule
{
    /// <inheritdoc/>
    public override PolicyRule Policy => new(RuleKind.Fixed);

    internal override void Check(SearchOptions options)
    {
        base.Check(options);
        if (Threshold is not (>= 0 and <= 1))
            throw new TinySaverException($"The threshold is {Threshold}: confidences, and so thresholds, lie between 0 and 1.");
    }

    internal override double Choose(SweepCurve curve, bool labelled) => Threshold;
}
