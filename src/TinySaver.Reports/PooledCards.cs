using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;

namespace TinySaver.Reports;

/// <summary>Where pooling changed the answer to an escalated image, for the better and for the worse.</summary>
internal static class PooledCards
{
    private const int MostCards = 12;

    /// <summary>The section.</summary>
    public static XElement Of(PooledEffect pooled, ReportInput input, Findings findings)
    {
        string changed = $"Of the escalated test images {Wording.Count(pooled.Changed, "answer")} differ{(pooled.Changed == 1 ? "s" : "")} from {findings.LargeModel}'s alone";
        return pooled is not { Gained: { } won, Lost: { } lost }
            ? Html.Section("What pooling changed", $"{changed}.", Cards(pooled, 0, input))
            : Html.Section(
                "What pooling changed",
                $"{changed}: {won} for the better, {lost} for the worse, the others from one wrong class to another.",
                Group("For the better", pooled, 1, input),
                Group("For the worse", pooled, -1, input));
    }

    private static XElement? Group(string title, PooledEffect pooled, int effect, ReportInput input) =>
        Cards(pooled, effect, input) is { } cards ? Html.Element("div", null, Html.Element("h3", null, title), cards) : null;

    private static XElement? Cards(PooledEffect pooled, int effect, ReportInput input)
    {
        PooledChange[] shown = [.. pooled.Changes.Where(c => c.Effect == effect).Take(MostCards)];
        return shown.Length == 0 ? null : Html.Element("ol", "cards", shown.Select(c => ImageCard.Of(
            input,
            c.Row,
            Html.Element("p", "answer", "pooled: ", Html.Element("b", effect < 0 ? "wrong" : "right", ClassSection.Name(c.Answer, input.Labels)), $" ({Wording.Threshold(c.Confidence)})"),
            Html.Element("p", "answer", "large: ", Html.Element("b", effect > 0 ? "wrong" : "right", ClassSection.Name(c.Large, input.Labels))))));
    }
}
