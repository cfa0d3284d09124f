using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;

namespace TinySaver.Reports;

/// <summary>The costliest mistakes: images that the large model would have had right, the surest first.</summary>
internal static class MistakeCards
{
    private const int MostCards = 12;

    /// <summary>The section.</summary>
    public static XElement Of(EvaluationResult test, ReportInput input, Findings findings)
    {
        int total = findings.Labelled ? test.Point.Losses : test.Point.Disagreements;
        Mistake[] shown = [.. test.Mistakes.Take(MostCards)];
        string what = findings.Labelled
            ? $"{findings.LargeModel} alone has right and the cascade has wrong"
            : $"the cascade answers otherwise than {findings.LargeModel}";
        string note = shown.Length == 0
            ? $"There is no test image that {what}."
            : $"{(total == 1 ? "One test image" : $"{total} test images")} that {what}{(total > shown.Length ? $"; the {shown.Length} of which the saver was surest" : ", the surest first")}.";
        return Html.Section(
            findings.Labelled ? "Costliest mistakes" : "Surest disagreements",
            note,
            shown.Length == 0 ? null : Html.Element("ol", "cards", shown.Select(m => Card(m, input, findings))));
    }

    private static XElement Card(Mistake mistake, ReportInput input, Findings findings)
    {
        string saver = findings.Savers.Count > 1 && mistake.Saver < findings.Savers.Count ? findings.Savers[mistake.Saver].Saver + ": "
            : mistake.Saver >= findings.Savers.Count ? "pooled: "
            : "answer: ";
        return ImageCard.Of(
            input,
            mistake.Row,
            Html.Element("p", "answer", saver, Html.Element("b", "wrong", ClassSection.Name(mistake.Answer, input.Labels)), $" ({Wording.Threshold(mistake.Confidence)})"),
            Html.Element("p", "answer", findings.Labelled ? "truth: " : "large: ", Html.Element("b", "right", ClassSection.Name(mistake.Large, input.Labels))));
    }
}
