using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports;

/// <summary>The top of the page: the answer, what the cascade is, and what to know before believing it.</summary>
internal static class Summary
{
    /// <summary>The header.</summary>
    public static XElement Of(ReportInput input, Findings findings, Headline headline) => Html.Element(
        "header",
        headline.Tone,
        Html.Element("p", "kicker", input.Search is null ? "TinySaver evaluation" : "TinySaver search"),
        Html.Element("h1", null, headline.Sentence),
        Html.Element("p", "lead", Cascade(findings)),
        Html.Element("p", null, Basis(input, findings)),
        input.Warnings.Select(warning => Html.Element("p", "warning", Html.Element("strong", null, "Mind: "), warning)));

    private static string Cascade(Findings findings)
    {
        if (!findings.HasCascade)
            return findings.NoCascade?.Explanation ?? $"The policy names no saver, so every image goes to {findings.LargeModel}.";

        IEnumerable<string> savers = findings.Savers.Select((saver, i) =>
            $"{(i == 0 ? "Every image meets" : "the others meet")} {saver.Saver}, whose answer stands where its {Wording.Measure(saver.Measure, saver.Temperature)} is at least {Wording.Threshold(saver.Threshold)}");
        string pooled = findings.Pools ? ", and what later models say is pooled with what the earlier ones said" : "";
        return $"{string.Join("; ", savers)}; the rest goes to {findings.LargeModel}{pooled}.";
    }

    private static string Basis(ReportInput input, Findings findings)
    {
        string chosen = findings.Rule is null ? "chosen" : $"chosen by the {findings.Rule} rule";
        string calibration = (findings.Calibration?.Samples ?? input.Search?.Samples) is { } count ? Wording.Count(count, "calibration image") : "calibration images";
        if (!findings.HasCascade)
            return input.Search is null ? "" : $"Searched by the {findings.Rule} rule on {calibration}{Unlabelled(findings)}.";

        return findings.Test is { } test
            ? $"Figures are of {Wording.Count(test.Samples, "test image")}; the threshold was {chosen} on {calibration}{Unlabelled(findings)}."
            : $"Figures are of the {calibration} on which the threshold was {chosen}{Unlabelled(findings)}: expect slightly worse on others, and test it on others.";
    }

    private static string Unlabelled(Findings findings) =>
        findings.Labelled ? ""
        : findings.PartlyLabelled ? ", of which some have labels: a difference from the large model without one counts as a loss, and agreement stands in for accuracy"
        : ", without labels: agreement with the large model stands in for accuracy";
}

/// <summary>The answer in one sentence.</summary>
/// <param name="Sentence">The answer.</param>
/// <param name="Tone">How good it is, as a CSS class: <c>good</c>, <c>unsure</c> or <c>bad</c>.</param>
internal sealed record Headline(string Sentence, string Tone)
{
    /// <summary>The answer that the findings give.</summary>
    public static Headline Of(Findings findings)
    {
        if (!findings.HasCascade)
            return new Headline(WithoutCascade(findings), findings.NoCascade?.Reason == NoCascadeReason.CostsMoreThanItSaves ? "bad" : "unsure");
        if (findings.Basis is not { } basis)
            return new Headline("A cascade of which nothing was measured", "unsure");

        string sentence = $"{Compute(basis)} {Accuracy(findings, basis)}{Guarantee(findings)}";
        return findings.Check?.Verdict switch
        {
            GuaranteeVerdict.Broken => new Headline($"{sentence}, but the test images break the promise", "bad"),
            GuaranteeVerdict.AboveWithinError => new Headline($"{sentence}; the test images lie above it, within chance", "unsure"),
            _ when basis.DeltaC >= 0 => new Headline(sentence, "bad"),
            _ => new Headline(sentence, findings.Promise is null ? "unsure" : "good"),
        };
    }

    private static string WithoutCascade(Findings findings) => findings.NoCascade?.Reason switch
    {
        NoCascadeReason.TooFewSamples => $"No cascade yet: too few calibration images to certify any saver; use {findings.LargeModel} alone",
        NoCascadeReason.NothingCertified => $"No cascade: no saver keeps the promise with enough certainty; use {findings.LargeModel} alone",
        NoCascadeReason.CostsMoreThanItSaves => $"No cascade is worth it: every saver costs as much as it saves; use {findings.LargeModel} alone",
        _ => $"No cascade: every image goes to {findings.LargeModel}",
    };

    private static string Compute(PolicyMeasurement basis) => basis.DeltaC < 0
        ? $"Saves {Wording.Share(-basis.DeltaC)} of compute"
        : $"Costs {Wording.Share(basis.DeltaC)} more compute than the large model alone,";

    private static string Accuracy(Findings findings, PolicyMeasurement basis)
    {
        if (!findings.Labelled)
            return $"and answers as {findings.LargeModel} does on {Wording.Share(findings.Agreement ?? 0)} of images";

        string points = Wording.Points(basis.AccuracyDrop ?? 0);
        return points == "0" ? "without a loss of accuracy"
            : basis.AccuracyDrop > 0 ? $"at {Wording.PointsAndUnit(basis.AccuracyDrop.Value)} of accuracy"
            : $"and gains {Wording.PointsAndUnit(basis.AccuracyDrop ?? 0)} of accuracy";
    }

    private static string Guarantee(Findings findings)
    {
        if (findings.Promise is not { } promise)
            return ", without a guarantee";

        string confidence = $"{Amounts.Percent(1 - promise.Delta, Decimals(1 - promise.Delta))} confidence";
        return promise is { Risk: RiskKind.AccuracyDrop, Epsilon: <= 0 } ? $", certified to have {promise.Statement} with {confidence}"
            : promise.Risk == RiskKind.Disagreement
            ? $", disagreement certified ≤ {Wording.Points(promise.Epsilon)} % with {confidence}"
            : findings.Basis?.AccuracyDrop > 0
                ? $", certified ≤ {Wording.Points(promise.Epsilon)} with {confidence}"
                : $", a drop certified ≤ {Wording.PointsAndUnit(promise.Epsilon)} with {confidence}";
    }

    // 95 %, but 99.9 %.
    private static int Decimals(double share) => Math.Abs((share * 100) - Math.Round(share * 100)) < 1e-9 ? 0 : 1;
}
