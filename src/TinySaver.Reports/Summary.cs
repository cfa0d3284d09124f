using System.Xml.Linq;

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

        IEnumerable<string> stages = findings.Stages.Select((stage, i) =>
            $"{(i == 0 ? "Every image meets" : "the others meet")} {stage.Saver}, whose answer stands where its {Wording.Measure(stage.Measure, stage.Temperature)} is at least {Wording.Threshold(stage.Threshold)}");
        return $"{string.Join("; ", stages)}; the rest goes to {findings.LargeModel}.";
    }

    private static string Basis(ReportInput input, Findings findings)
    {
        string chosen = findings.Rule is null ? "chosen" : $"chosen by the {findings.Rule} rule";
        string calibration = (findings.Calibration?.Samples ?? input.Search?.Samples) is { } count ? Wording.Count(count, "calibration image") : "calibration images";
        if (!findings.HasCascade)
        {
            return input.Search is null ? "" : $"Searched by the {findings.Rule} rule on {calibration}{Unlabelled(findings)}.";
        }

        return findings.Test is { } test
            ? $"Figures are of {Wording.Count(test.Samples, "test image")}; the threshold was {chosen} on {calibration}{Unlabelled(findings)}."
            : $"Figures are of the {calibration} on which the threshold was {chosen}{Unlabelled(findings)}: expect slightly worse on others, and test it on others.";
    }

    private static string Unlabelled(Findings findings) =>
        findings.Labelled ? "" : ", without labels: agreement with the large model stands in for accuracy";
}
