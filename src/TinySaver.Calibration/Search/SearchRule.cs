using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>How a search chooses exit thresholds: <see cref="CertifiedRule"/>, <see cref="PaperRule"/>, <see cref="BudgetRule"/>, <see cref="AccuracyRule"/> or <see cref="FixedRule"/>.</summary>
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

    /// <summary>Whether it compares accuracies and so needs the labels of all images.</summary>
    public virtual bool NeedsLabels => false;

    /// <summary>The most savers in a row that it sets thresholds for.</summary>
    public virtual int MostSavers => 1;

    /// <summary>What it guarantees, given whether any true labels are known; null where it guarantees nothing.</summary>
    public virtual Guarantee? Guarantee(bool labelled) => null;

    /// <summary>Draws the images that select, for what must look at outcomes before the search: fitting temperatures.</summary>
    /// <param name="keys">One number for each image that does not depend on its row.</param>
    /// <param name="options">The options of the search.</param>
    /// <param name="labelled">Whether any true labels are known.</param>
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
    internal abstract SearchResult Search(SearchInput input, SearchOptions options);
}

/// <summary>A rule that sets a threshold for each candidate by itself and guarantees nothing.</summary>
public abstract record ThresholdRule : SearchRule
{
    private protected ThresholdRule()
    {
    }

    /// <summary>Whether it looks for accuracy, and so for what pooling gives.</summary>
    private protected virtual bool Pools => false;

    /// <summary>The threshold of a candidate, in [0, 1].</summary>
    internal abstract double Choose(Candidate candidate, SweepCurve curve, bool labelled);

    /// <summary>What to keep low before ΔC among the cascades that are worth it, in [−1, 1].</summary>
    internal virtual double Harm(OperatingPoint point) => 0;

    /// <summary>Whether a cascade saves what the rule wants saved.</summary>
    internal virtual bool IsWorthIt(OperatingPoint point) => point.DeltaC < 0;

    /// <summary>The best cascade of one saver, with a second where the rule has one to add.</summary>
    internal virtual CandidateCascade Extend(CandidateSetting best, OperatingPoint point, IReadOnlyList<Candidate> candidates, CandidatePools? pools) => new(best);

    internal sealed override SearchResult Search(SearchInput input, SearchOptions options)
    {
        List<Candidate> candidates = Candidate.AllOf(input);
        // Nothing is promised, so weights may be fitted on all images.
        CandidatePools? pools = Pools && options.Pool && CandidatePools.CanPool(input) ? new(input, [.. Enumerable.Range(0, input.Samples)]) : null;
        var results = new List<CandidateResult>(candidates.Count);
        CandidateSetting? best = null;
        OperatingPoint? bestPoint = null;
        (bool IsNot, double Harm, double DeltaC) lowest = (true, double.PositiveInfinity, double.PositiveInfinity);
        foreach (Candidate candidate in candidates)
        {
            (Candidate Candidate, CandidateResult Result) alone = Try(candidate), better = alone;
            if (pools?.Of(candidate) is { } pooled && Try(pooled) is var together && Rank(together.Result.Point!, Luck(together)).CompareTo(Rank(alone.Result.Point!)) < 0)
                better = together;

            results.Add(better.Result);

            // Which saver it is, the models alone decide: twice as many to choose from would only be twice the luck.
            if (Rank(alone.Result.Point!) is var rank && rank.CompareTo(lowest) < 0)
                (best, bestPoint, lowest) = (new CandidateSetting(better.Candidate, better.Result.Threshold!.Value), better.Result.Point, rank);
        }

        CandidateCascade cascade = options.MaxSavers > 1 ? Extend(best!, bestPoint!, candidates, pools) : new(best!);
        CascadeChoice choice = CascadeSearch.Choice(input, cascade, null);
        return IsWorthIt(choice.Calibration)
            ? CascadeSearch.Result(input, this, (cascade, choice), null, results)
            : CascadeSearch.Result(input, this, null, CostsMore(best!.Candidate, choice), results);

        (Candidate Candidate, CandidateResult Result) Try(Candidate candidate)
        {
            SweepCurve curve = candidate.Curve();
            return (candidate, CandidateResults.Of(candidate, curve, input.Labelling, Choose(candidate, curve, input.Labelling != Labelling.None), false, null, options.CurvePoints));
        }

        // No harm is so low that a candidate which saves too little would win by it.
        (bool, double, double) Rank(OperatingPoint point, double luck = 0) => (!IsWorthIt(point), Harm(point) + luck, point.DeltaC);

        // One standard deviation of what pooling gains by chance: the best of many thresholds looks better than it is.
        double Luck((Candidate Candidate, CandidateResult Result) tried) =>
            Math.Sqrt(tried.Candidate.Curve().At(tried.Result.Threshold!.Value).Escalated.Disagreements) / input.Samples;
    }

    private NoCascade CostsMore(Candidate best, CascadeChoice closest)
    {
        string explanation = FormattableString.Invariant(
            $"Under the {Kind.Name()} rule no saver saves {What}: the best, {best.Saver.Name}, costs {best.CostRatio:P1} of the large model for every image and lets {closest.Calibration.ExitRate:P1} exit, so compute changes by {closest.Calibration.DeltaC:+0.0%;-0.0%;0.0%}.");
        return new NoCascade(NoCascadeReason.CostsMoreThanItSaves, explanation, closest.Savers[0], closest.Calibration, null);
    }

    /// <summary>What is to be saved, for people.</summary>
    private protected virtual string What => "compute";
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

    internal override double Choose(Candidate candidate, SweepCurve curve, bool labelled) => Threshold;
}
