using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports;

/// <summary>The figures that are asked for first, each on a tile.</summary>
internal static class KeyFigures
{
    /// <summary>The tiles; null where there is no cascade to measure.</summary>
    public static XElement? Of(ReportInput input, Findings findings)
    {
        if (findings.Basis is not { } basis || !findings.HasCascade)
            return null;

        return Html.Element(
            "section",
            null,
            new XAttribute("aria-label", "Key figures"),
            Html.Element("dl", "tiles", Tiles(input, findings, basis).Select(Tile)));
    }

    private static IEnumerable<(string Name, string Value, string Remark)> Tiles(ReportInput input, Findings findings, PolicyMeasurement basis)
    {
        yield return basis.DeltaC < 0
            ? ("Compute saved", Amounts.Percent(-basis.DeltaC), Compute(input, findings, basis))
            : ("Compute added", Amounts.Percent(basis.DeltaC), Compute(input, findings, basis));
        yield return ("Exit at a saver", Amounts.Percent(basis.ExitRate), $"{Range(input.Test?.ExitRateInterval)}the others escalate to {findings.LargeModel}");
        if (findings.Labelled)
        {
            yield return ("Accuracy of the cascade", Amounts.Percent(basis.AccuracyCascade, 2), $"{findings.LargeModel} alone {Amounts.Percent(basis.AccuracyLarge, 2)}");
            yield return basis.AccuracyDrop < 0
                ? ("Accuracy gained", Wording.PointsAndUnit(basis.AccuracyDrop.Value), Gain(input.Test))
                : ("Accuracy drop", $"{Wording.Drop(basis.AccuracyDrop ?? 0)} points", Drop(input.Test));
        }

        if (findings.Agreement is { } agreement && !findings.Labelled)
            yield return ("Agreement with the large model", Amounts.Percent(agreement, 2), $"{Range(input.Test?.AgreementInterval)}{Disagreements(input)}");

        yield return Promise(input, findings);
        if (input.Costs is { } costs)
        {
            yield return (
                costs.SavingPerMillion >= 0 ? "Saved per million images" : "Added per million images",
                Wording.Dollars(Math.Abs(costs.SavingPerMillion)),
                $"{Wording.Dollars(costs.CascadePerMillion)} instead of {Wording.Dollars(costs.LargeOnlyPerMillion)}");
        }
    }

    private static string Compute(ReportInput input, Findings findings, PolicyMeasurement basis)
    {
        double? large = input.Models.FirstOrDefault(m => m.Name == findings.LargeModel)?.Macs;
        return large is { } macs && input.CostUnit == "MACs"
            ? $"{Amounts.Macs(macs * (1 + basis.DeltaC))} MACs an image instead of {Amounts.Macs(macs)}"
            : $"counted in {input.CostUnit}";
    }

    private static string Drop(EvaluationResult? test) => test?.DropInterval is { } interval
        ? $"{Amounts.Percent(interval.Level, 0)} interval {Wording.Drop(interval.Low)} to {Wording.Drop(interval.High)}; {Amounts.Number(test.Point.Losses, 0)} lost, {Amounts.Number(test.Point.Gains, 0)} gained"
        : "on the calibration images";

    private static string Gain(EvaluationResult? test) => test?.DropInterval is { } interval
        ? $"{Amounts.Percent(interval.Level, 0)} interval {Wording.Drop(-interval.High)} to {Wording.Drop(-interval.Low)}; {Amounts.Number(test.Point.Gains, 0)} gained, {Amounts.Number(test.Point.Losses, 0)} lost"
        : "on the calibration images";

    private static string Disagreements(ReportInput input) =>
        (input.Test?.Point ?? input.Search?.Choice?.Calibration) is { } point ? $"{Amounts.Number(point.Disagreements, 0)} of {Amounts.Number(point.Samples, 0)} images differ" : "";

    private static string Range(Interval? interval) => interval is null
        ? ""
        : $"{Amounts.Percent(interval.Level, 0)} interval {Amounts.Percent(interval.Low)} to {Amounts.Percent(interval.High)}; ";

    private static (string Name, string Value, string Remark) Promise(ReportInput input, Findings findings)
    {
        if (findings.Promise is not { } promise)
            return ("Guarantee", "none", findings.Rule is null ? "the policy states none" : $"the {findings.Rule} rule gives none");

        bool drop = promise.Risk == RiskKind.AccuracyDrop;
        string verdict = findings.Check is not { } check ? ""
            : check.Verdict == GuaranteeVerdict.Held ? "held on the test images; "
            : check.Verdict == GuaranteeVerdict.AboveWithinError ? $"test images: {Wording.Points(check.Observed)}, above but within chance; "
            : $"broken on the test images: {Wording.Points(check.Observed)}, surely above {Wording.Points(check.Interval.Low)}; ";
        string basis = input.Search?.Choice?.Certificate is { } certificate ? $"; {Basis(certificate)}" : "";
        (string name, string value) = !drop ? ("Certified disagreement", $"≤ {Wording.Points(promise.Epsilon)} %")
            : promise.Epsilon > 0 ? ("Certified accuracy drop", $"≤ {Wording.PointsAndUnit(promise.Epsilon)}")
            : promise.Epsilon < 0 ? ("Certified accuracy gain", $"≥ {Wording.PointsAndUnit(promise.Epsilon)}")
            : ("Certified accuracy", "no drop");
        return (
            name,
            value,
            $"{verdict}{Amounts.Percent(1 - promise.Delta, 0)} confidence{basis}");
    }

    private static string Basis(Certificate certificate) =>
        $"tested on {Wording.Count(certificate.Samples, "image")}, {(certificate.Correction == CandidateCorrection.Split ? "chosen on others" : $"corrected for {Wording.Count(certificate.Candidates, "candidate")}")}";

    private static XElement Tile((string Name, string Value, string Remark) tile) => Html.Element(
        "div", null, Html.Element("dt", null, tile.Name), Html.Element("dd", "figure", tile.Value), Html.Element("dd", "remark", tile.Remark));
}
