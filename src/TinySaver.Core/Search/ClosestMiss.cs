using TinySaver.Core.Calibration;

namespace TinySaver.Core.Search;

/// <summary>Finds the candidate and threshold that come nearest to a certified saving, and says what is missing.</summary>
internal sealed class ClosestMiss(RiskLimit limit, double certificationShare)
{
    private StageSetting? _closest;
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

            double n = curve.Samples;
            double risk = limit.Risk == RiskKind.AccuracyDrop ? point.NetLosses / n : point.Disagreements / n;
            double needed = limit.SamplesNeeded(point.Losses / n, point.Gains / n, point.Disagreements / n) ?? double.PositiveInfinity;
            if (needed < _needed || (needed == _needed && risk < _risk))
                (_closest, _needed, _risk) = (new StageSetting(candidate, threshold), needed, risk);
        }
    }

    /// <summary>The reason why there is no cascade.</summary>
    /// <param name="input">The search's input.</param>
    /// <param name="certified">The cascade that was certified but saves nothing; null where nothing was certified.</param>
    public NoCascade Explain(SearchInput input, CascadeChoice? certified)
    {
        CascadeChoice? closest = _closest is null ? null : CascadeSearch.Choice(input, [_closest], null);
        long? needed = double.IsFinite(_needed) ? (long)Math.Ceiling(_needed / certificationShare) : null;
        string promise = limit.Risk == RiskKind.AccuracyDrop ? "an accuracy drop" : "a disagreement with the large model";
        string target = FormattableString.Invariant($"{promise} of at most {100 * limit.Epsilon:0.###} points with {100 * (1 - limit.Delta):0.###} % confidence");
        if (closest is null)
        {
            return new NoCascade(
                NoCascadeReason.CostsMoreThanItSaves,
                "Every saver costs as much as the large model or more, or lets too few images exit at any threshold: none can save compute.",
                null, null, null);
        }

        string nearest = FormattableString.Invariant(
            $"The nearest, {closest.Stages[0].Saver} at threshold {closest.Stages[0].Threshold:0.######}, changes compute by {closest.Calibration.DeltaC:+0.0%;-0.0%;0.0%} at {100 * _risk:0.###} points");
        string remedy = needed is { } count
            ? FormattableString.Invariant($"; about {count} calibration images like these {input.Samples} would certify it.")
            : FormattableString.Invariant($", which no number of images would certify: allow a larger drop or use a better saver.");

        if (certified is not null)
        {
            string cost = FormattableString.Invariant(
                $"What was certified, {certified.Stages[0].Saver} at threshold {certified.Stages[0].Threshold:0.######}, lets {certified.Calibration.ExitRate:P1} of the images exit and so costs more than it saves ({certified.Calibration.DeltaC:+0.0%;-0.0%;0.0%}). ");
            return new NoCascade(NoCascadeReason.CostsMoreThanItSaves, cost + nearest + remedy, closest.Stages[0], closest.Calibration, needed);
        }

        long fewest = (long)Math.Ceiling(limit.FewestSamples / certificationShare);
        if (input.Samples < fewest)
        {
            string few = FormattableString.Invariant(
                $"{input.Samples} calibration images are too few to certify {target}: even without a single loss it takes {fewest}. ");
            return new NoCascade(NoCascadeReason.TooFewSamples, few + nearest + remedy, closest.Stages[0], closest.Calibration, needed);
        }

        return new NoCascade(
            NoCascadeReason.NothingCertified, $"No threshold certifies {target}. " + nearest + remedy, closest.Stages[0], closest.Calibration, needed);
    }
}
