using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>Finds the candidate and threshold that come nearest to a certified saving, and says what is missing.</summary>
/// <param name="guarantee">What was to be certified.</param>
/// <param name="plan">How images are spent on it.</param>
/// <param name="candidates">Number of candidates that may save.</param>
/// <param name="splits">Whether some images must select.</param>
internal sealed class ClosestMiss(Guarantee guarantee, CertificationPlan plan, int candidates, bool splits)
{
    private CandidateSetting? _closest;
    private SweepPoint _point;
    private double _needed = double.PositiveInfinity;
    private double _risk = double.PositiveInfinity;

    /// <summary>Looks at a candidate's thresholds that save compute.</summary>
    public void Consider(Candidate candidate, SweepCurve curve)
    {
        foreach (double threshold in ThresholdGrid.Quantiles(curve, CertifiedSearch.Steps))
        {
            SweepPoint point = curve.At(threshold);
            if (candidate.DeltaC(point.Exited, curve.Samples) >= 0)
                continue;

            double risk = guarantee.Observed(point.Differences, curve.Samples);
            double needed = guarantee.SamplesNeeded(point.Differences, curve.Samples) ?? double.PositiveInfinity;
            if (needed < _needed || (needed == _needed && risk < _risk))
                (_closest, _point, _needed, _risk) = (new CandidateSetting(candidate, threshold), point, needed, risk);
        }
    }

    /// <summary>The reason why there is no cascade.</summary>
    /// <param name="input">The search's input.</param>
    /// <param name="certified">The cascade that was certified but saves nothing; null where nothing was certified.</param>
    public NoCascade Explain(SearchInput input, CascadeChoice? certified)
    {
        if (_closest is null)
        {
            return new NoCascade(
                NoCascadeReason.CostsMoreThanItSaves,
                "Every saver costs as much as the large model or more, or lets too few images exit at any threshold: none can save compute.",
                null, null, null);
        }

        CascadeChoice closest = CascadeSearch.Choice(input, new CandidateCascade(_closest), null);
        long? needed = plan.SamplesNeeded(input.Samples, _point.Differences, candidates, splits);
        bool enough = needed <= input.Samples;
        string nearest = FormattableString.Invariant(
            $"The nearest, {closest.Savers[0].Saver} at threshold {closest.Savers[0].Threshold:0.######}, changes compute by {closest.Calibration.DeltaC:+0.0%;-0.0%;0.0%} at {100 * _risk:0.###} points");
        int unlabelled = closest.Calibration.Unlabelled;
        string remedy = unlabelled > 0 ? FormattableString.Invariant($" if all {unlabelled} differences without a label were losses; their labels may certify it, or more images.")
            : needed is null ? ", which no number of images would certify: allow a larger drop or use a better saver."
            : enough ? FormattableString.Invariant($"; {input.Samples} calibration images usually do for that, so it was missed by chance: a higher threshold failed before it, or another candidate was tested. Other images of the same kind may certify it.")
            : FormattableString.Invariant($"; about {needed} calibration images like these {input.Samples} would certify it.");
        NoCascadeReason reason = NoCascadeReason.NothingCertified;
        string why = $"No threshold certifies {Target()}. ";
        if (certified is not null)
        {
            reason = NoCascadeReason.CostsMoreThanItSaves;
            why = FormattableString.Invariant(
                $"What was certified, {certified.Savers[0].Saver} at threshold {certified.Savers[0].Threshold:0.######}, lets {certified.Calibration.ExitRate:P1} of the images exit and so costs more than it saves ({certified.Calibration.DeltaC:+0.0%;-0.0%;0.0%}). ");
        }
        else if (plan.FewestSamples(candidates, splits) is var fewest && input.Samples < fewest)
        {
            reason = NoCascadeReason.TooFewSamples;
            string spotless = guarantee.Risk == RiskKind.Disagreement ? "even where the two never disagree"
                : guarantee.Epsilon <= 0 ? "where no image is lost and every one gained"
                : "where no image is lost and none gained";
            why = $"{input.Samples} calibration images are too few to certify {Target()}: {spotless} it takes {fewest}. ";
        }

        return new NoCascade(reason, why + nearest + remedy, closest.Savers[0], closest.Calibration, enough || unlabelled > 0 ? null : needed);
    }

    private string Target() => FormattableString.Invariant($"{guarantee.Statement} with {100 * (1 - guarantee.Delta):0.###} % confidence");
}
